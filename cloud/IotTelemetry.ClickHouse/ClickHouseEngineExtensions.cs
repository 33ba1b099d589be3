using System.IO.Pipelines;

namespace IotTelemetry.ClickHouse;

/// <summary>What every engine can do in terms of <see cref="IClickHouseEngine"/>.</summary>
public static class ClickHouseEngineExtensions
{
    /// <summary>As the engine's query into a <see cref="PipeWriter"/>; the stream is flushed and stays open.</summary>
    public static async Task QueryAsync(
        this IClickHouseEngine engine,
        string sql,
        string format,
        Stream output,
        ClickHouseParameters? parameters = null,
        IReadOnlyDictionary<string, string>? settings = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        PipeWriter writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await engine.QueryAsync(sql, format, writer, parameters, settings, cancellationToken).ConfigureAwait(false);
        await writer.CompleteAsync().ConfigureAwait(false);
    }
}
