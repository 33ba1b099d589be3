using IotTelemetry.Cloud.Status;

namespace IotTelemetry.Cloud.Tests.Ingest;

public sealed class StorageLatencyTests
{
    [Fact]
    public void Quantiles_are_by_nearest_rank_over_the_latest_frames()
    {
        StorageLatency latency = new();
        Assert.Null(latency.Read());
        for (int ms = 1; ms <= 100; ms++)
        {
            latency.Add(ms);
        }

        Assert.Equal((50, 99), latency.Read());
        for (int i = 0; i < 4096; i++)
        {
            latency.Add(-5);
        }

        Assert.Equal((0, 0), latency.Read());
    }
}
