using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Benchmarks.Assets;

/// <summary>A start with a million assets and three readings of each of their points in the last hour.</summary>
internal static class RebuildRun
{
    private const int ReadingsPerPoint = 3;

    public static async IAsyncEnumerable<Figure> RunAsync(EmbeddedEngine engine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DatabaseName database = DatabaseName.Parse("rebuild");
        await new SchemaMigrator(engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(cancellationToken);
        StoreTables tables = new(database);
        await FillAsync(engine, tables, cancellationToken);

        LiveState live = new();
        LiveRebuild rebuild = new(new StoredValues(engine, tables, new GatewayRegistry(), live), live, TimeProvider.System, NullLogger<LiveRebuild>.Instance);
        long start = Stopwatch.GetTimestamp();
        await rebuild.RunAsync(cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (rebuild.State != RebuildState.Complete || live.Find(AssetFleet.IdOf(AssetFleet.Gateways - 1))!.Model!.LacksValues())
        {
            throw new InvalidOperationException("the live state is not complete");
        }

        yield return new Figure("rebuild of a million assets from 12 million readings", seconds, "s", Better.Lower);
        await engine.ExecuteAsync($"DROP DATABASE {database} SYNC", cancellationToken: cancellationToken);
    }

    private static async Task FillAsync(EmbeddedEngine engine, StoreTables tables, CancellationToken cancellationToken)
    {
        const int GatewaysPerInsert = 50;
        for (int first = 0; first < AssetFleet.Gateways; first += GatewaysPerInsert)
        {
            BirthsBlock births = new();
            for (int gateway = first; gateway < first + GatewaysPerInsert; gateway++)
            {
                byte[] payload = AssetFleet.Payload(gateway);
                births.Append(new GatewaySession(AssetFleet.IdOf(gateway)), Birth.Decode(payload), payload, 1);
            }

            births.Seal(1);
            await engine.InsertAsync(tables.GatewayHistory, births.Gateways, cancellationToken: cancellationToken);
        }

        // The engine makes the rows: a million assets would take longer to encode than to read back.
        for (int round = 0; round < ReadingsPerPoint; round++)
        {
            await engine.ExecuteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                     INSERT INTO {tables.Readings} (site, gateway, asset_kind, point, asset, ts, value, quality, epoch, seq, batch, received_at)
                     SELECT
                         'site-' || leftPad(toString(gateway_number % {AssetFleet.Sites}), 2, '0'),
                         'gw-' || leftPad(toString(gateway_number), 4, '0'),
                         'parking_bay',
                         ['occupied', 'distance_mm', 'power_w', 'temperature'][number % 4 + 1],
                         'bay-' || leftPad(toString(gateway_number), 4, '0') || '-' || leftPad(toString(intDiv(number, 4) % {AssetFleet.AssetsPerGateway}), 4, '0'),
                         now64(3) - toIntervalSecond(60 + {round} * 600 + number % 600), number % 2, 0, 1, {round} + 1, 1, now64(3)
                     FROM (SELECT number, intDiv(number, {AssetFleet.AssetsPerGateway * AssetFleet.PointsPerAsset}) AS gateway_number FROM numbers({AssetFleet.Assets * AssetFleet.PointsPerAsset}))
                     """),
                cancellationToken: cancellationToken);
        }
    }
}
