namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// A query and its result as Native blocks, in the parts in which the engine has them. The engine streams SELECTs only; other statements that answer come in one part.
/// </summary>
internal sealed class EmbeddedQuery(EngineLease lease, string sql, ClickHouseParameters? parameters) : IAsyncDisposable
{
    private const string Format = "Native";

    private enum State
    {
        New,
        Streaming,
        Finished,
    }

    private State _state;

    /// <summary>The next part, to be disposed by the caller, or null at the end.</summary>
    public async Task<ChdbResult?> FetchAsync(CancellationToken cancellationToken) => _state switch
    {
        State.New => await lease.RunAsync(Start, cancellationToken).ConfigureAwait(false),
        State.Streaming => await lease.RunAsync(Next, cancellationToken).ConfigureAwait(false),
        _ => null,
    };

    public ValueTask DisposeAsync() => lease.DisposeAsync();

    private ChdbResult? Start(ChdbConnection connection)
    {
        if (Statement.IsSelect(sql))
        {
            connection.BeginQuery(sql, Format, parameters);
            _state = State.Streaming;
            return Next(connection);
        }

        _state = State.Finished;
        ChdbResult result = connection.RunOne(sql, Format, parameters);
        if (result.Length > 0)
        {
            return result;
        }

        result.Dispose();
        return null;
    }

    private ChdbResult? Next(ChdbConnection connection)
    {
        ChdbResult? part = connection.Fetch(sql);
        if (part is null)
        {
            _state = State.Finished;
        }

        return part;
    }
}
