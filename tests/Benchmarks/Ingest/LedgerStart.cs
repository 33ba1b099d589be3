using System.Diagnostics;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Benchmarks.Ingest;

/// <summary>What a start must read before the first frame is taken: where every gateway stands, and which birth is stored of it.</summary>
internal static class LedgerStart
{
    public const int Gateways = 100_000;
    private const int EpochsPerGateway = 2;

    /// <summary>Starts ingest on the ledger of <see cref="Gateways"/> gateways with two epochs each.</summary>
    /// <returns>Seconds until frames are taken, bytes of managed memory per gateway then.</returns>
    public static async Task<(double Seconds, double BytesPerGateway)> RunAsync(EmbeddedEngine engine, CancellationToken cancellationToken)
    {
        DatabaseName database = await InProcess.MigrateAsync(engine, "ledger_start", cancellationToken);
        await engine.ExecuteAsync(
            $"""
             INSERT INTO {database}.ledger
             SELECT 'bench', 'gw-' || toString(intDiv(number, {EpochsPerGateway})), number % {EpochsPerGateway} + 1, 1000 + number % 77, number + 1 FROM numbers({Gateways * EpochsPerGateway})
             """,
            cancellationToken: cancellationToken);
        await engine.ExecuteAsync(
            $"INSERT INTO {database}.gateway_history (site, gateway, received_at, birth_hash) SELECT 'bench', 'gw-' || toString(number), now64(3), lower(hex(sipHash64(number))) FROM numbers({Gateways})",
            cancellationToken: cancellationToken);

        long before = GC.GetTotalMemory(forceFullCollection: true);
        long start = Stopwatch.GetTimestamp();
        await using IngestPipeline ingest = InProcess.Pipeline(engine, database, live: null);
        await ingest.StartAsync(cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Gateways;
        if (ingest.Registry.Count != Gateways)
        {
            throw new InvalidOperationException($"{ingest.Registry.Count} gateways were read of {Gateways}");
        }

        await engine.ExecuteAsync($"DROP DATABASE {database} SYNC", cancellationToken: cancellationToken);
        return (seconds, bytes);
    }
}
