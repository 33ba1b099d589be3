using System.IO.Pipelines;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.Statements;

namespace IotTelemetry.Cloud.Door;

/// <summary>Hands queries on to ClickHouse servers. Who wants more than queries asks the servers themselves: they have this interface.</summary>
internal sealed class ForwardingSession(IClickHouseEngine engine) : IClickHouseSession
{
    public bool HasState { get; set; }

    public async Task<StatementSummary> QueryAsync(string sql, string format, PipeWriter output, StatementOptions options, CancellationToken cancellationToken = default)
    {
        // Over HTTP the database goes like a setting.
        Dictionary<string, string> settings = new(options.Settings, StringComparer.Ordinal);
        if (options.Database is { } database)
        {
            settings["database"] = database;
        }

        await engine.QueryAsync(sql, format, output, options.Parameters, settings, cancellationToken);
        return default;
    }

    public Task<StatementSummary> ExecuteAsync(string sql, StatementOptions options, CancellationToken cancellationToken = default) => throw Refusal();

    public Task<StatementSummary> InsertAsync(
        string sql, string format, ReadOnlyMemory<byte> first, PipeReader rows, StatementOptions options, CancellationToken cancellationToken = default) => throw Refusal();

    public Task<StatementProgress?> ReadProgressAsync() => Task.FromResult<StatementProgress?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static QueryRefusedException Refusal() =>
        new(48, "NOT_IMPLEMENTED", "This service stores at ClickHouse servers and hands on queries only: insert and keep sessions there");
}
