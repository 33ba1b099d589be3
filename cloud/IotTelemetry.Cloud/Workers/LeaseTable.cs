using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Cloud.Workers;

/// <summary>Reads and writes the table <c>leases</c>. With replicas, all workers must ask the same one, or one that reads its own writes.</summary>
internal sealed class LeaseTable(IClickHouseEngine engine, string table)
{
    /// <summary>The "partition" whose generations are the numbers of writers.</summary>
    public const int WriterNumbers = 255;

    /// <summary>Everything claimed, each claim in its newest state.</summary>
    public async Task<IReadOnlyCollection<LeaseRow>> ReadAsync(CancellationToken cancellationToken)
    {
        List<LeaseRow> rows = [];
        string sql =
            $"""
             SELECT partition, generation, instance, argMax(l.writer, l.renewal) AS writer, argMax(l.worker, l.renewal) AS worker, argMax(l.state, l.renewal) AS state,
                 argMax(l.lease_ms, l.renewal) AS lease, max(l.renewal) AS last, toInt64(dateDiff('millisecond', max(l.at), now64(3))) AS age
             FROM {table} AS l
             WHERE partition != {WriterNumbers} OR generation + 8 > (SELECT max(generation) FROM {table} WHERE partition = {WriterNumbers})
             GROUP BY partition, generation, instance
             """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                rows.Add(new LeaseRow(
                    block.Get<ValueColumn<byte>>("partition")[row],
                    block.Get<ValueColumn<ulong>>("generation")[row],
                    (string)block["instance"].GetValue(row)!,
                    block.Get<ValueColumn<uint>>("writer")[row],
                    (string)block["worker"].GetValue(row)!,
                    Enum.Parse<LeaseState>((string)block["state"].GetValue(row)!, ignoreCase: true),
                    TimeSpan.FromMilliseconds(block.Get<ValueColumn<uint>>("lease")[row]),
                    TimeSpan.FromMilliseconds(block.Get<ValueColumn<long>>("age")[row]),
                    block.Get<ValueColumn<ulong>>("last")[row]));
            }
        }

        return rows;
    }

    /// <summary>Writes claims, or new states of them.</summary>
    /// <param name="rows">Their ages are the server's to say.</param>
    /// <param name="renewal">Higher than that of the state before.</param>
    /// <param name="cancellationToken">Gives up waiting; whether the rows are written is then unknown.</param>
    public async Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, ulong renewal, CancellationToken cancellationToken)
    {
        NativeBlock block = new();
        ValueColumn<byte> partition = block.Add<ValueColumn<byte>>("partition", "UInt8");
        ValueColumn<ulong> generation = block.Add<ValueColumn<ulong>>("generation", "UInt64");
        StringColumn instance = block.Add<StringColumn>("instance", "String");
        ValueColumn<uint> writer = block.Add<ValueColumn<uint>>("writer", "UInt32");
        StringColumn worker = block.Add<StringColumn>("worker", "String");
        LowCardinalityColumn state = block.Add<LowCardinalityColumn>("state", "LowCardinality(String)");
        ValueColumn<uint> lease = block.Add<ValueColumn<uint>>("lease_ms", "UInt32");
        ValueColumn<ulong> renewals = block.Add<ValueColumn<ulong>>("renewal", "UInt64");
        foreach (LeaseRow row in rows)
        {
            partition.Append((byte)row.Partition);
            generation.Append(row.Generation);
            instance.Append(row.Instance);
            writer.Append(row.Writer);
            worker.Append(row.Worker);
            state.Append(row.State.ToString().ToLowerInvariant());
            lease.Append((uint)row.Lease.TotalMilliseconds);
            renewals.Append(renewal);
        }

        // A block without rows is not sent.
        await engine.InsertAsync(table, block, cancellationToken: cancellationToken);
    }
}
