using System.Globalization;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;

namespace IotTelemetry.Cloud.Sessions;

/// <summary>
/// Derives occupancy sessions from stored readings, batch by batch. For every asset with new readings, the sessions from the first of them on are made again from all its readings, and what
/// differs from the table is written: so a reading that comes late puts right what was derived without it.
/// <para>
/// Each session is there exactly once, through crashes too: what is written follows from what is stored, under the key (site, asset, arrived), and the position is written last. What
/// a crash left half done is derived again and makes the same rows.
/// </para>
/// </summary>
internal sealed class SessionDeriver(IClickHouseEngine engine, StoreTables tables)
{
    /// <summary>What the position is kept under.</summary>
    public const string Position = "occupancy_sessions";

    // Readings derived from at a time; bounds the memory of a start that has much to make up for.
    private const long ReadingsPerStep = 200_000;
    private const string IsUsable = "quality NOT IN (2, 3)"; // Not Stale and not BadSensor (SPECIFICATION.md, section 5.3): those say nothing new.
    private ulong? _position;

    /// <summary>Derives from the next batches.</summary>
    /// <param name="through">The last batch that is stored completely.</param>
    /// <param name="cancellationToken">Stops; what is not finished is done again.</param>
    /// <returns>Whether there is more to derive from.</returns>
    public async Task<bool> StepAsync(ulong through, CancellationToken cancellationToken)
    {
        ulong from = _position ??= await ReadPositionAsync(cancellationToken);
        if (through <= from)
        {
            return false;
        }

        ulong to = await StepEndAsync(from, through, cancellationToken);
        SessionsBlock changes = new();
        Dictionary<(string Site, string Asset), List<OccupancySession>> known = await ReadSessionsAsync(from, to, cancellationToken);
        await DeriveAsync(from, to, known, changes, cancellationToken);
        await engine.InsertAsync(tables.OccupancyHistory, changes.Native, cancellationToken: cancellationToken);
        await WritePositionAsync(to, cancellationToken);
        _position = to;
        return to < through;
    }

    private async Task<ulong> ReadPositionAsync(CancellationToken cancellationToken)
    {
        ulong position = 0;
        string sql = $$"""SELECT max(batch) AS n FROM {{tables.DerivedPositions}} WHERE name = {name:String}""";
        await foreach (NativeBlock block in engine.QueryAsync(sql, new ClickHouseParameters().Add("name", Position), cancellationToken))
        {
            position = block.Rows > 0 ? block.Get<ValueColumn<ulong>>("n")[0] : position;
        }

        return position;
    }

    private async Task WritePositionAsync(ulong batch, CancellationToken cancellationToken)
    {
        NativeBlock block = new();
        block.Add<StringColumn>("name", "String").Append(Position);
        block.Add<ValueColumn<ulong>>("batch", "UInt64").Append(batch);
        await engine.InsertAsync(tables.DerivedPositions, block, cancellationToken: cancellationToken);
    }

    private async Task<ulong> StepEndAsync(ulong from, ulong through, CancellationToken cancellationToken)
    {
        long readings = 0;
        string sql =
            $"""
             SELECT batch, count() AS readings FROM {tables.Readings}
             WHERE batch > {from} AND batch <= {through} AND point = '{Occupancy.Point}' GROUP BY batch ORDER BY batch
             """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                readings += (long)block.Get<ValueColumn<ulong>>("readings")[row];
                if (readings >= ReadingsPerStep)
                {
                    return block.Get<ValueColumn<ulong>>("batch")[row];
                }
            }
        }

        return through;
    }

    // The sessions that the new readings may change: those that last until the first of them, or begin behind it.
    private async Task<Dictionary<(string Site, string Asset), List<OccupancySession>>> ReadSessionsAsync(ulong from, ulong to, CancellationToken cancellationToken)
    {
        Dictionary<(string, string), List<OccupancySession>> known = [];
        string sql =
            $"""
             SELECT h.site AS site, h.asset AS asset, h.arrived AS arrived, h.left AS left
             FROM (SELECT site, asset, arrived, left FROM {tables.OccupancyHistory} FINAL WHERE removed = 0 AND (site, asset) IN (SELECT site, asset FROM ({Touched(from, to)}))) AS h
             INNER JOIN ({Touched(from, to)}) AS t ON h.site = t.site AND h.asset = t.asset
             WHERE h.left = 0 OR h.left >= t.since
             ORDER BY site, asset, arrived
             """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                (string, string) key = ((string)block["site"].GetValue(row)!, block.Get<StringColumn>("asset").GetString(row));
                if (!known.TryGetValue(key, out List<OccupancySession>? sessions))
                {
                    known.Add(key, sessions = []);
                }

                long left = block.Get<DateTime64Column>("left")[row];
                sessions.Add(new OccupancySession(block.Get<DateTime64Column>("arrived")[row], left == 0 ? null : left));
            }
        }

        return known;
    }

    private async Task DeriveAsync(
        ulong from, ulong to, Dictionary<(string Site, string Asset), List<OccupancySession>> known, SessionsBlock changes, CancellationToken cancellationToken)
    {
        string sql =
            $"""
             SELECT r.site AS site, r.asset AS asset, r.asset_kind AS kind, r.gateway AS gateway, r.ts AS ts, r.value AS value, t.since AS since
             FROM
             (
                 SELECT site, asset, asset_kind, gateway, ts, value, epoch, seq FROM {tables.Readings}
                 WHERE point = '{Occupancy.Point}' AND {IsUsable} AND batch <= {to} AND site IN (SELECT site FROM ({Touched(from, to)}))
                     AND ts >= (SELECT min(since) FROM ({Touched(from, to)}))
             ) AS r
             INNER JOIN ({Touched(from, to)}) AS t ON r.site = t.site AND r.asset = t.asset
             WHERE r.ts >= t.since
             ORDER BY site, asset, ts, r.epoch, r.seq
             """;
        SessionTrack track = new();
        SessionOwner? owner = null;
        List<OccupancySession> before = [];
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                SessionOwner current = OwnerOf(block, row);
                if (owner is not { } last || last.Asset != current.Asset || last.Site != current.Site)
                {
                    Compare(owner, before, track, to, changes);
                    before = known.GetValueOrDefault((current.Site, current.Asset)) ?? [];
                    long since = block.Get<DateTime64Column>("since")[row];
                    track.Begin(before.Count > 0 && before[0].ArrivedMs < since ? before[0].ArrivedMs : null);
                }

                owner = current;
                track.Add(block.Get<DateTime64Column>("ts")[row], block.Get<ValueColumn<double>>("value")[row] != 0);
            }
        }

        Compare(owner, before, track, to, changes);
    }

    private static SessionOwner OwnerOf(NativeBlock block, int row) => new(
        (string)block["site"].GetValue(row)!,
        block.Get<StringColumn>("asset").GetString(row),
        (string)block["kind"].GetValue(row)!,
        (string)block["gateway"].GetValue(row)!);

    private static void Compare(SessionOwner? owner, List<OccupancySession> before, SessionTrack track, ulong version, SessionsBlock changes)
    {
        if (owner is not { } whose)
        {
            return;
        }

        IReadOnlyList<OccupancySession> after = track.End();
        HashSet<long> arrivals = [];
        foreach (OccupancySession session in after)
        {
            arrivals.Add(session.ArrivedMs);
            if (!before.Contains(session))
            {
                changes.Append(whose, session, version, isRemoved: false);
            }
        }

        foreach (OccupancySession session in before)
        {
            if (!arrivals.Contains(session.ArrivedMs))
            {
                changes.Append(whose, session, version, isRemoved: true);
            }
        }
    }

    // The assets with new readings, and the time of the first of them.
    private string Touched(ulong from, ulong to) => string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT site, asset, min(ts) AS since FROM {tables.Readings} WHERE batch > {from} AND batch <= {to} AND point = '{Occupancy.Point}' AND {IsUsable} GROUP BY site, asset");
}
