using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Health;

public sealed class HealthBoardTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_gateway_is_one_more_asset_and_its_points_tell_how_it_is()
    {
        await using var board = new HealthBoard(new StubBoard { OnRead = p => new RawValue(p, 1, 42, RawQuality.Good) }, _directory.Path, TimeProvider.System)
        {
            Gateway = () => new GatewayCondition(3, 1700, 20, 5, 0, false),
        };
        Assert.Equal((3, "gateway", "gateway"), (board.Assets.Count, board.Assets[2].Id, board.Assets[2].Kind));
        Assert.Equal(42, board.Read(1).Value);

        var health = Enumerable.Range(4, board.Points.Count - 4).ToDictionary(p => board.Points[p].Name, p => board.Read(p));
        string[] always = ["rss_bytes", "cpu_percent", "disk_free_bytes", "outbox_frames", "outbox_bytes", "dropped", "reconnects"];
        Assert.Equal(always.Concat(Directory.Exists("/sys/class/thermal/thermal_zone0") && health.ContainsKey("temperature_c") ? ["temperature_c"] : []), health.Keys);
        Assert.Equal((3.0, 1700.0, 20.0, 5.0), (health["outbox_frames"].Value, health["outbox_bytes"].Value, health["dropped"].Value, health["reconnects"].Value));
        Assert.InRange(health["rss_bytes"].Value, 1e6, 1e11);
        Assert.InRange(health["disk_free_bytes"].Value, 1, 1e18);
        Assert.All(Enumerable.Range(4, board.Points.Count - 4), p => Assert.Equal((2, PointDelivery.Polled, false), (board.Points[p].Asset, board.Points[p].Delivery, board.Points[p].Settable)));
    }

    [Fact]
    public void Processor_time_is_told_in_percent_of_one_core_since_the_last_look()
    {
        var time = new SteppedTime();
        var share = new ProcessorShare(time);
        var before = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - before < TimeSpan.FromMilliseconds(50))
        {
            // Processor time is what the test needs.
        }

        time.Pass(TimeSpan.FromSeconds(1));
        Assert.InRange(share.Percent(), 5, 100 * 600);
        Assert.Equal(0, share.Percent());
    }

    [Fact]
    public async Task Health_is_read_each_minute_or_as_configured_or_never()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), await IntervalAsync(""));
        Assert.Equal(TimeSpan.FromSeconds(5), await IntervalAsync("""
            "health": { "intervalSeconds": 5 },
            """));
        Assert.Null(await IntervalAsync("""
            "health": { "intervalSeconds": 0 },
            """));
        var mistakes = (await Assert.ThrowsAsync<ConfigurationException>(() => IntervalAsync("""
            "health": { "intervalSeconds": -1, "intervall": 1 },
            """))).Mistakes;
        Assert.Equal(["$.health.intervalSeconds: is -1; allowed: whole numbers 0 to 86400", "$.health.intervall: is not known; allowed here: intervalSeconds"], mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public async Task An_asset_of_the_gateway_s_name_is_a_mistake()
    {
        var configuration = Load("");
        var board = new StubBoard(assets: [new BoardAsset("gateway", "feeder", null, null, new Dictionary<string, string>()), new BoardAsset("b", "feeder", null, null, new Dictionary<string, string>())]);
        await using (board)
        {
            var exception = Assert.Throws<ConfigurationException>(() => SamplingPlan.Make(board, configuration, TimeProvider.System, NullLoggerFactory.Instance));
            Assert.StartsWith("$.board.assets: has an asset gateway", Assert.Single(exception.Mistakes).ToString(), StringComparison.Ordinal);
        }
    }

    private async Task<TimeSpan?> IntervalAsync(string health)
    {
        await using var plan = SamplingPlan.Make(new StubBoard(), Load(health), TimeProvider.System, NullLoggerFactory.Instance);
        Assert.Equal(plan.Board.Points.Count, plan.Rules.Length);
        Assert.Equal(plan.Health is null, plan.Board.Points.Count == 4);
        return plan.Health is null ? null : plan.Rules[^1].PollInterval;
    }

    private EdgeConfiguration Load(string health)
    {
        var path = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(path, $$"""{ {{health}} "site": "s", "gateway": "g", "state": ".", "mqtt": { "endpoint": "mqtt://h" }, "board": { "kind": "simulated-feeder" } }""");
        return ConfigurationFile.Load(path);
    }
}
