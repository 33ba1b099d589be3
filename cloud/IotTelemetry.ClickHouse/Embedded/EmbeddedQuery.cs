namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// A query and its result, in parts where that is right. The engine's stream encodes every part as a document of its own, which adds up to the right result only
/// in formats without head, foot and separators (two JSON documents are not one). Other formats, and statements that the stream does not take, come in one
/// part, in memory within the engine's memory limit.
/// </summary>
internal sealed class EmbeddedQuery(EngineLease lease, string sql, string format, ClickHouseParameters? parameters) : IAsyncDisposable
{
    private static readonly HashSet<string> Appendable = new(StringComparer.OrdinalIgnoreCase)
    {
        "Native", "RowBinary", "TSV", "TabSeparated", "TSVRaw", "TabSeparatedRaw", "Raw", "CSV", "JSONEachRow", "JSONLines", "NDJSON", "JSONStringsEachRow",
        "JSONCompactEachRow", "JSONCompactStringsEachRow", "TSKV", "LineAsString", "RawBLOB", "Null",
    };

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

    private bool CanStream() =>
        Statement.IsSelect(sql) && Appendable.Contains(format) && Statement.FormatsNamed(sql).All(Appendable.Contains);

    private ChdbResult? Start(ChdbConnection connection)
    {
        if (CanStream())
        {
            connection.BeginQuery(sql, format, parameters);
            _state = State.Streaming;
            return Next(connection);
        }

        _state = State.Finished;
        ChdbResult result = connection.RunOne(sql, format, parameters);
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
