using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Sampling;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_small_file_with_comments_is_enough()
    {
        var configuration = Load("""
            {
              // the car park behind the station
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "mqtt://127.0.0.1:1883" },
              "board": { "kind": "simulated-car-park", "speed": 60, "startAt": "07:30" },
            }
            """);
        Assert.Equal("station/gw-1", configuration.Gateway.ToString());
        Assert.Equal(Path.Combine(_directory.Path, "state"), configuration.StateDirectory);
        Assert.Equal((60.0, new TimeSpan(7, 30, 0)), (configuration.Board.Simulation.Speed, configuration.Board.Simulation.StartAt));
        configuration.Outbox.Validate();
        configuration.Uplink.Validate();
    }

    [Theory]
    [InlineData("", 5, 60)]
    [InlineData(", \"reconnectMinimumSeconds\": 0.5", 0.5, 60)]
    [InlineData(", \"reconnectMinimumSeconds\": 90", 90, 90)]
    [InlineData(", \"reconnectMinimumSeconds\": 10, \"reconnectMaximumSeconds\": 20.5", 10, 20.5)]
    public void A_fleet_comes_back_over_seconds_unless_told_otherwise(string keys, double minimum, double maximum)
    {
        var reconnect = Load($$"""
            { "site": "s", "gateway": "g", "state": ".", "mqtt": { "endpoint": "mqtt://h"{{keys}} }, "board": { "kind": "simulated-feeder" } }
            """).Mqtt.Reconnect;
        Assert.Equal((TimeSpan.FromSeconds(minimum), TimeSpan.FromSeconds(maximum)), (reconnect.InitialDelay, reconnect.MaximumDelay));
    }

    [Fact]
    public void What_a_full_outbox_gives_up_at_a_time_is_a_quarter_of_it_at_most()
    {
        const string Start = """{ "site": "s", "gateway": "g", "state": ".", "mqtt": { "endpoint": "mqtt://h" }, "board": { "kind": "simulated-feeder" }, "outbox": { "maximumBytes": 1000000, """;
        var outbox = Load(Start + """ "segmentBytes": 250000, "cursorSeconds": 60 } }""").Outbox;
        Assert.Equal((250_000, TimeSpan.FromMinutes(1)), (outbox.SegmentBytes, outbox.CursorInterval));
        Assert.Contains("allowed: whole numbers 4096 to 250000", Assert.Throws<ConfigurationException>(() => Load(Start + """ "segmentBytes": 250001 } }""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_s_own_rule_overrides_the_common_one()
    {
        var configuration = Load("""
            { "site": "s", "gateway": "g", "state": ".", "mqtt": { "endpoint": "mqtt://h" }, "board": { "kind": "simulated-feeder" },
              "sampling": { "pollMs": 500, "deadband": 2, "points": { "voltage_v": { "deadband": 0.5 } } } }
            """);
        Assert.Equal((TimeSpan.FromMilliseconds(500), 2.0), (configuration.Sampling.Default.PollInterval, configuration.Sampling.Default.Deadband));
        Assert.Equal((TimeSpan.FromMilliseconds(500), 0.5), (configuration.Sampling.Rules["voltage_v"].PollInterval, configuration.Sampling.Rules["voltage_v"].Deadband));
    }

    [Fact]
    public void Every_key_of_sampling_is_taken()
    {
        var rule = Load("""
            { "site": "s", "gateway": "g", "state": ".", "mqtt": { "endpoint": "mqtt://h" }, "board": { "kind": "simulated-feeder" },
              "sampling": { "points": { "voltage_v": {
                "pollMs": 200, "readTimeoutMs": 900, "scale": 0.001, "offset": -1, "unit": "kV", "medianOf": 5, "stuckAfterSeconds": 60, "staleAfterSeconds": 30,
                "deadband": 0.5, "deadbandPercent": 2, "maximumSilenceSeconds": 120, "minimumIntervalMs": 1500, "debounceMs": 40 } } } }
            """).Sampling.RuleOf("voltage_v");
        Assert.Equal(
            new PointRule
            {
                PollInterval = TimeSpan.FromMilliseconds(200),
                ReadTimeout = TimeSpan.FromMilliseconds(900),
                Scale = 0.001,
                Offset = -1,
                Unit = "kV",
                MedianOf = 5,
                StuckAfter = TimeSpan.FromSeconds(60),
                StaleAfter = TimeSpan.FromSeconds(30),
                Deadband = 0.5,
                DeadbandPercent = 2,
                MaximumSilence = TimeSpan.FromSeconds(120),
                MinimumInterval = TimeSpan.FromMilliseconds(1500),
                Debounce = TimeSpan.FromMilliseconds(40),
            },
            rule);
    }

    [Theory]
    [InlineData("\"sampling\": { \"medianOf\": 4 }", "$.sampling.medianOf: is 4; allowed: odd numbers 1 to 31")]
    [InlineData("\"sampling\": { \"deadbandPercent\": 101 }", "$.sampling.deadbandPercent: is 101; allowed: 0 to 100")]
    [InlineData("\"sampling\": { \"scale\": 2 }", "$.sampling.scale: is not known; allowed here: pollMs")]
    [InlineData("\"sampling\": { \"points\": { \"power_w\": { \"scale\": 0 } } }", "$.sampling.points.power_w.scale: is 0; allowed:")]
    [InlineData("\"sampling\": { \"points\": { \"powre_w\": { \"pollMs\": 100 } } }", "$.sampling.points.powre_w: is no point of simulated-feeder; it has closed, current_a,")]
    [InlineData("\"sampling\": { \"points\": { \"state\": { \"offset\": 1 } } }", "$.sampling.points.state: has scale, offset or unit; allowed for measured points alone")]
    [InlineData("\"sampling\": { \"points\": { \"energy_wh\": { \"medianOf\": 3 } } }", "$.sampling.points.energy_wh.medianOf: is given for a point that is not analog")]
    public async Task A_mistake_in_sampling_names_its_key_and_what_is_allowed(string section, string expected)
    {
        var exception = await Assert.ThrowsAsync<ConfigurationException>(async () =>
        {
            var configuration = Load($$"""{ "site": "s", "gateway": "g", "state": ".", "mqtt": { "endpoint": "mqtt://h" }, "board": { "kind": "simulated-feeder" }, {{section}} }""");
            await SamplingPlan.Make(BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance), configuration, TimeProvider.System, NullLoggerFactory.Instance).DisposeAsync();
        });
        Assert.StartsWith(expected, Assert.Single(exception.Mistakes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_listed_with_its_path_and_what_is_allowed()
    {
        var mistakes = Assert.Throws<ConfigurationException>(() => Load("""
            { "site": "a b", "gateway": "g", "colour": 1,
              "mqtt": { "endpoint": "gopher://x" },
              "board": { "kind": "toaster", "speed": 0.5, "startAt": "25:00" },
              "sampling": { "pollMs": "fast", "points": { "power_w": { "deadbnad": 1 } } },
              "uplink": { "window": 0, "window": 1 },
              "outbox": 7 }
            """)).Mistakes;
        string[] expected =
        [
            "$: ", "$.state: is missing", "$.mqtt.endpoint: ", "$.board.kind: is \"toaster\"; allowed: " + string.Join(", ", BoardFactory.Kinds),
            "$.board.speed: is 0.5; allowed: 1 to 10000", "$.board.startAt: ", "$.sampling.pollMs: is \"fast\"; allowed: whole numbers 10 to",
            "$.sampling.points.power_w.deadbnad: is not known; allowed here: pollMs, readTimeoutMs", "$.uplink.window: is given twice", "$.uplink.window: is 0; allowed: whole numbers 1 to 65535",
            "$.outbox: is 7; an object is wanted", "$.colour: is not known",
        ];
        Assert.All(expected, e => Assert.Contains(mistakes, m => m.ToString().StartsWith(e, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, mistakes.Count);
    }

    [Fact]
    public void A_mistake_is_told_with_its_line_and_what_is_missing_with_that_of_the_object()
    {
        var message = Assert.Throws<ConfigurationException>(() => Load("""
            { "site": "s", "gateway": "g",
              "state": ".",
              /* several
                 lines */ "mqtt":
              { },
              "board": { "kind": "linux", "name": "n", "assets": [
                { "id": "a", "kind": "k", "sensors": [] },
                { "id": "b", "kind": "k",
                  "sensors": [ { "type": "toaster" } ] } ] } }
            """)).Message;
        Assert.Contains("line 4: $.mqtt.endpoint: is missing", message, StringComparison.Ordinal);
        Assert.Contains("line 7: $.board.assets[0].sensors: [] is not allowed", message, StringComparison.Ordinal);
        Assert.Contains("line 9: $.board.assets[1].sensors[0].type: 'toaster'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_json_is_told_with_its_line()
    {
        var exception = Assert.Throws<ConfigurationException>(() => Load("{\n\"site\": }"));
        Assert.Contains("line 2", exception.Message, StringComparison.Ordinal);
    }

    private EdgeConfiguration Load(string json)
    {
        var path = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(path, json);
        return ConfigurationFile.Load(path);
    }
}
