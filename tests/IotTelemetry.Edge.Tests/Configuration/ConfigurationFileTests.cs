using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;

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

    [Fact]
    public void A_point_s_own_rule_overrides_the_common_one()
    {
        var configuration = Load("""
            { "site": "s", "gateway": "g", "state": ".", "mqtt": { "endpoint": "mqtt://h" }, "board": { "kind": "simulated-feeder" },
              "sampling": { "pollMs": 500, "deadband": 2, "points": { "voltage_v": { "deadband": 0.5 } } } }
            """);
        Assert.Equal((TimeSpan.FromMilliseconds(500), 2.0), (configuration.DefaultRule.PollInterval, configuration.DefaultRule.Deadband));
        Assert.Equal((TimeSpan.FromMilliseconds(500), 0.5), (configuration.Rules["voltage_v"].PollInterval, configuration.Rules["voltage_v"].Deadband));
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
            "$.sampling.points.power_w.deadbnad: is not known; allowed here: pollMs, deadband", "$.uplink.window: is given twice", "$.uplink.window: is 0; allowed: whole numbers 1 to 65535",
            "$.outbox: is 7; an object is wanted", "$.colour: is not known",
        ];
        Assert.All(expected, e => Assert.Contains(mistakes, m => m.ToString().StartsWith(e, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, mistakes.Count);
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
