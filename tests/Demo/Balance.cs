namespace IotTelemetry.Demo;

/// <summary>What the gateways say they sent against what ClickHouse says it holds.</summary>
/// <param name="ReadingsSent">Readings that entered an outbox, by the gateways' own durable counters.</param>
/// <param name="RowsStored">Rows in the table of readings.</param>
/// <param name="Distinct">Distinct readings among them.</param>
public sealed record Balance(long ReadingsSent, long RowsStored, long Distinct)
{
    /// <summary>Counts stored readings; a reading is one value of a point at a time within a frame.</summary>
    public const string Sql =
        "SELECT count(), uniqExact(site, gateway, epoch, seq, asset, point, ts) FROM iot.readings";

    /// <summary>Rows that are there more than once.</summary>
    public long Duplicates => RowsStored - Distinct;

    /// <summary>Readings that are not there. Negative when ClickHouse holds readings that no outbox knows.</summary>
    public long Lost => ReadingsSent - Distinct;

    /// <summary>Asks ClickHouse.</summary>
    public static async Task<Balance> TakeAsync(CloudService cloud, long readingsSent, CancellationToken cancellationToken)
    {
        var counts = await cloud.QueryNumbersAsync(Sql, cancellationToken).ConfigureAwait(false);
        return new Balance(readingsSent, counts[0], counts[1]);
    }
}
