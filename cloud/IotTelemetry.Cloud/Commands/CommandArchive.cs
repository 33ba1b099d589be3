using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Reads commands back: what was in flight at a stop, one by its id, the audit. Thread-safe.</summary>
internal sealed class CommandArchive(IClickHouseEngine engine, StoreTables tables)
{
    /// <summary>
    /// Commands of the last day that the service ran, final ones too: a command lives at most an hour after a wait of at most two hours, so whatever was in flight is among them,
    /// and so is every idempotency key that still holds.
    /// </summary>
    public Task<IReadOnlyList<TrackedCommand>> RecentAsync(CancellationToken cancellationToken) => ReadAsync(
        $"""
         SELECT * FROM {tables.Commands}
         WHERE requested_at >= (SELECT max(c.at) FROM {tables.Commands} AS c) - INTERVAL 1 DAY
         ORDER BY requested_at, id, n
         """,
        new ClickHouseParameters(),
        cancellationToken);

    /// <summary>One command; null when the store does not know it.</summary>
    public async Task<TrackedCommand?> FindAsync(Guid id, CancellationToken cancellationToken) => (await ReadAsync(
        $"SELECT * FROM {tables.Commands} WHERE id = {{id:UUID}} ORDER BY n",
        new ClickHouseParameters().AddText("id", id.ToString()),
        cancellationToken)).SingleOrDefault();

    /// <summary>A page of the audit, newest first.</summary>
    public Task<IReadOnlyList<TrackedCommand>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        (string where, string having, ClickHouseParameters parameters) = query.ToSql();
        return ReadAsync(
            $"""
             SELECT * FROM {tables.Commands}
             WHERE requested_at >= {"{since:DateTime64(3, 'UTC')}"} AND id GLOBAL IN
             (
                 SELECT c.id FROM {tables.Commands} AS c
                 WHERE {where}
                 GROUP BY c.id, c.requested_at
                 {having}
                 ORDER BY c.requested_at DESC, c.id DESC
                 LIMIT {query.Limit}
             )
             ORDER BY requested_at DESC, id DESC, n
             """,
            parameters,
            cancellationToken);
    }

    /// <summary>How many commands of a bulk are in which stage; empty when there is no such bulk.</summary>
    public async Task<IReadOnlyDictionary<CommandStage, long>> CountAsync(Guid bulk, CancellationToken cancellationToken)
    {
        Dictionary<CommandStage, long> counts = [];
        string sql = $"SELECT stage, count() AS n FROM (SELECT argMax(c.stage, c.n) AS stage FROM {tables.Commands} AS c WHERE c.bulk = {{bulk:UUID}} GROUP BY c.id) GROUP BY stage";
        await foreach (NativeBlock block in engine.QueryAsync(sql, new ClickHouseParameters().AddText("bulk", bulk.ToString()), cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                counts[StageName.Parse((string)block["stage"].GetValue(row)!)] = (long)block.Get<ValueColumn<ulong>>("n")[row];
            }
        }

        return counts;
    }

    // Rows of one command stand together in every query above.
    private async Task<IReadOnlyList<TrackedCommand>> ReadAsync(string sql, ClickHouseParameters parameters, CancellationToken cancellationToken)
    {
        List<TrackedCommand> commands = [];
        CommandRequest? request = null;
        List<CommandTransition> history = [];
        await foreach (NativeBlock block in engine.QueryAsync(sql, parameters, cancellationToken))
        {
            CommandsBlock? rows = block.Rows == 0 ? null : new CommandsBlock(block);
            for (int row = 0; row < block.Rows; row++)
            {
                if (request is not null && request.Id != rows!.Id(row))
                {
                    commands.Add(new TrackedCommand(request, history));
                    (request, history) = (null, []);
                }

                request ??= rows!.Request(row);
                history.Add(rows!.Transition(row));
            }
        }

        if (request is not null)
        {
            commands.Add(new TrackedCommand(request, history));
        }

        return commands;
    }
}
