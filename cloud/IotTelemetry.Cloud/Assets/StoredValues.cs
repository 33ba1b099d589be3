using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>What the store has for the live state: the newest birth of each gateway, the newest reading of each point.</summary>
internal sealed class StoredValues(IClickHouseEngine engine, StoreTables tables, GatewayRegistry registry, LiveState live)
{
    private readonly Dictionary<LiveGateway, List<(string Asset, string Point, LiveValue Value)>> _rows = [];

    /// <summary>Reads the newest birth of every gateway, one after another: memory holds one block of them.</summary>
    /// <param name="unreadable">Called for a birth that does not decode.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task ReadBirthsAsync(Action<GatewayId, MessageFormatException> unreadable, CancellationToken cancellationToken)
    {
        // In the order of the table's key, so it streams; a birth may have megabytes, hence few in a block.
        string sql =
            $"""
             SELECT site, gateway, received_at, birth FROM {tables.GatewayHistory}
             ORDER BY site, gateway, received_at DESC LIMIT 1 BY site, gateway
             SETTINGS optimize_read_in_order = 1, max_block_size = 64
             """;
        await foreach (NativeBlock block in engine.QueryAsync(sql, cancellationToken: cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                GatewayId id = new((string)block["site"].GetValue(row)!, (string)block["gateway"].GetValue(row)!);
                try
                {
                    Birth birth = Birth.Decode(block.Get<StringColumn>("birth")[row]);
                    long receivedAtMs = block.Get<DateTime64Column>("received_at")[row];
                    await InTurnAsync(id, gateway => gateway.Describe(birth, receivedAtMs), cancellationToken);
                }
                catch (MessageFormatException refusal)
                {
                    unreadable(id, refusal);
                }
            }
        }
    }

    /// <summary>Reads the newest reading of each point of a slice that was taken in [from, to).</summary>
    /// <returns>How many values were read.</returns>
    public async Task<int> ReadAsync(RebuildPack pack, int slice, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        ClickHouseParameters parameters = new ClickHouseParameters()
            .Add("sites", pack.Sites.Select(site => site.Name)).Add("slices", (ulong)pack.Slices).Add("slice", (ulong)slice).Add("from", from).Add("to", to);

        // The order of LiveCell: by time (never later than received), epoch, place in the epoch. As one number, because argMax by a tuple is ten times slower.
        string sql =
            $$"""
              SELECT site, asset, point,
                  argMax(ts, newest) AS last_ts, argMax(received_at, newest) AS last_received_at, argMax(value, newest) AS last_value,
                  argMax(toString(text), newest) AS last_text, argMax(quality, newest) AS last_quality, argMax(epoch, newest) AS last_epoch
              FROM
              (
                  SELECT site, asset, point, ts, received_at, value, text, quality, epoch,
                      bitShiftLeft(toUInt256(toUnixTimestamp64Milli(least(ts, received_at))), 160) + bitShiftLeft(toUInt256(epoch), 104)
                      + bitShiftLeft(toUInt256(seq), 48) + toUInt256(toUnixTimestamp64Milli(ts)) AS newest
                  FROM {{tables.Readings}}
                  WHERE site IN {sites:Array(String)} AND ts >= {from:DateTime64(3, 'UTC')} AND ts < {to:DateTime64(3, 'UTC')}
                  {{(pack.Slices > 1 ? "AND cityHash64(asset) % {slices:UInt64} = {slice:UInt64}" : "")}}
              )
              GROUP BY site, asset, point
              """;
        int rows = 0;
        await foreach (NativeBlock block in engine.QueryAsync(sql, parameters, cancellationToken))
        {
            Collect(block);
            rows += block.Rows;
            await ApplyAsync(cancellationToken);
        }

        return rows;
    }

    /// <summary>Reads how much the meters without a rating drew at most since a moment.</summary>
    public async Task ReadHighestAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        LiveGateway[] gateways = [.. live.GatewaysAfter(null, null).Where(gateway => gateway.Model is { HasUnrated: true })];
        if (gateways.Length == 0)
        {
            return;
        }

        IEnumerable<string> points = gateways.SelectMany(gateway => gateway.Model!.UnratedPoints()).Distinct();
        string sql =
            $$"""
              SELECT site, asset, point, max(value) AS highest
              FROM {{tables.Readings}}
              WHERE site IN {sites:Array(String)} AND point IN {points:Array(String)} AND ts >= {since:DateTime64(3, 'UTC')} AND quality != {{(byte)Quality.BadSensor}}
              GROUP BY site, asset, point
              """;
        ClickHouseParameters parameters = new ClickHouseParameters().Add("sites", gateways.Select(gateway => gateway.Id.Site).Distinct()).Add("points", points).Add("since", since);
        await foreach (NativeBlock block in engine.QueryAsync(sql, parameters, cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                AssetId id = new((string)block["site"].GetValue(row)!, block.Get<StringColumn>("asset").GetString(row));
                string point = (string)block["point"].GetValue(row)!;
                double highest = block.Get<ValueColumn<double>>("highest")[row];
                if (live.Find(id) is { } asset)
                {
                    await InTurnAsync(asset.Gateway.Id, owner => owner.RestoreHighest(id.Name, point, highest), cancellationToken);
                }
            }
        }
    }

    private void Collect(NativeBlock block)
    {
        if (block.Rows == 0)
        {
            return;
        }

        LowCardinalityColumn sites = block.Get<LowCardinalityColumn>("site");
        LowCardinalityColumn points = block.Get<LowCardinalityColumn>("point");
        StringColumn assets = block.Get<StringColumn>("asset");
        StringColumn texts = block.Get<StringColumn>("last_text");
        DateTime64Column timestamps = block.Get<DateTime64Column>("last_ts");
        DateTime64Column received = block.Get<DateTime64Column>("last_received_at");
        ValueColumn<double> values = block.Get<ValueColumn<double>>("last_value");
        ValueColumn<byte> qualities = block.Get<ValueColumn<byte>>("last_quality");
        ValueColumn<ulong> epochs = block.Get<ValueColumn<ulong>>("last_epoch");
        for (int row = 0; row < block.Rows; row++)
        {
            AssetId id = new((string)sites.GetValue(row)!, assets.GetString(row));
            if (live.Find(id) is { } asset)
            {
                if (!_rows.TryGetValue(asset.Gateway, out List<(string, string, LiveValue)>? rows))
                {
                    _rows.Add(asset.Gateway, rows = []);
                }

                LiveValue value = new(timestamps[row], received[row], values[row], texts.GetString(row), (Quality)qualities[row], epochs[row]);
                rows.Add((id.Name, (string)points.GetValue(row)!, value));
            }
        }
    }

    // Between two gateways, frames go on: ingest waits for one gateway's share at most.
    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        foreach ((LiveGateway gateway, List<(string Asset, string Point, LiveValue Value)> rows) in _rows)
        {
            if (rows.Count > 0)
            {
                await InTurnAsync(
                    gateway.Id,
                    owner =>
                    {
                        foreach ((string asset, string point, LiveValue value) in rows)
                        {
                            owner.Restore(asset, point, value);
                        }

                        owner.Restored();
                    },
                    cancellationToken);
                rows.Clear();
            }
        }
    }

    // The writer of a gateway's cells is whoever has its turn: while frames come in this is one of many.
    private async Task InTurnAsync(GatewayId id, Action<LiveGateway> write, CancellationToken cancellationToken)
    {
        GatewaySession session = registry.Get(id);
        await session.Turn.WaitAsync(cancellationToken);
        try
        {
            write(live.Get(id));
        }
        finally
        {
            session.Turn.Release();
        }
    }
}
