using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Telemetry;

/// <summary>
/// Writes, every 5 seconds, which gateways stand out into <c>internal_telemetry</c>. It disturbs nothing: one pass over the gateways in memory, one insert of at most 40 rows on a task of
/// its own, and what the store does not take within the interval is left out.
/// </summary>
internal sealed class ActivitySampler(IClickHouseEngine engine, string table, GatewayRegistry registry, string instance, TimeProvider time, ILogger<ActivitySampler> logger)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private const int Ranks = 10;
    private static readonly (ActivityMetric Metric, string Name)[] Metrics =
        [(ActivityMetric.Frames, "frames"), (ActivityMetric.Bytes, "bytes"), (ActivityMetric.Rejects, "rejects"), (ActivityMetric.LagMs, "lag_ms")];

    private bool _failing;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            using CancellationTokenSource late = new(Interval, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                await SampleAsync(either.Token);
                _failing = false;
            }
            catch (Exception failure) when (failure is ClickHouseException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    TelemetryLog.SampleLost(logger, failure);
                }

                _failing = true;
            }
        }
    }

    /// <summary>Writes one sample of what was since the last one; nothing when nothing was.</summary>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        NativeBlock block = new();
        DateTime64Column at = block.Add<DateTime64Column>("at", "DateTime64(3, 'UTC')");
        LowCardinalityColumn instances = block.Add<LowCardinalityColumn>("instance", "LowCardinality(String)");
        LowCardinalityColumn metrics = block.Add<LowCardinalityColumn>("metric", "LowCardinality(String)");
        ValueColumn<byte> ranks = block.Add<ValueColumn<byte>>("rank", "UInt8");
        LowCardinalityColumn sites = block.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        LowCardinalityColumn gateways = block.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        ValueColumn<double> values = block.Add<ValueColumn<double>>("value", "Float64");
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((ActivityMetric metric, string name) in Metrics)
        {
            byte rank = 0;
            foreach ((GatewaySession gateway, long value) in Top(metric))
            {
                at.Append(now);
                instances.Append(instance);
                metrics.Append(name);
                ranks.Append(++rank);
                sites.Append(gateway.SiteUtf8);
                gateways.Append(gateway.GatewayUtf8);
                values.Append(value);
            }
        }

        await engine.InsertAsync(table, block, cancellationToken: cancellationToken);
    }

    private IReadOnlyList<(GatewaySession Gateway, long Value)> Top(ActivityMetric metric)
    {
        TopGateways top = new(Ranks);
        foreach (GatewaySession gateway in registry.All)
        {
            top.Add(gateway, gateway.Activity.Take(metric));
        }

        return top.Take();
    }
}
