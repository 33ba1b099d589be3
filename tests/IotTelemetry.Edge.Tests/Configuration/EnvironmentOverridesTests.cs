using IotTelemetry.Edge.Configuration;

namespace IotTelemetry.Edge.Tests.Configuration;

public sealed class EnvironmentOverridesTests : IDisposable
{
    private const string File = """
        {
          "site": "s", "gateway": "g", "state": ".",
          "mqtt": { "endpoint": "mqtt://h" }, // the broker
          "board": { "kind": "simulated-feeder" },
          "outbox": 7
        }
        """;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_value_of_the_environment_takes_the_place_of_the_file_s_or_is_added()
    {
        var configuration = Load(
            ("IOT_EDGE_SITE", "station"),
            ("IOT_EDGE_MQTT__KEEP_ALIVE_SECONDS", "60"),
            ("IOT_EDGE_MQTT__PASSWORD", "\"1234\""),
            ("IOT_EDGE_UPLINK__WINDOW", "9"),
            ("IOT_EDGE_OUTBOX", "{\"flushMs\":0}"),
            ("IOT_CLOUD_MQTT", "not ours"));

        Assert.Equal("station/g", configuration.Gateway.ToString());
        Assert.Equal("h", configuration.Mqtt.Endpoint.Host);
        Assert.Equal(TimeSpan.FromSeconds(60), configuration.Mqtt.KeepAlive);
        Assert.Equal("1234"u8, configuration.Mqtt.Password!.Value.Span);
        Assert.Equal((9, TimeSpan.Zero), (configuration.Uplink.Window, configuration.Outbox.FlushInterval));
    }

    [Fact]
    public void A_mistake_names_the_variable_or_the_line()
    {
        var message = Assert.Throws<ConfigurationException>(() => Load(
            ("IOT_EDGE_MQTT__KEEP_ALIVE_SECONDS", "long"), ("IOT_EDGE_MQTT__COLOUR", "red"), ("IOT_EDGE_OUTBOX__FLUSH_MS", "1"))).Message;

        string[] expected =
        [
            "IOT_EDGE_OUTBOX__FLUSH_MS: $.outbox.flushMs: is within what is no object",
            "IOT_EDGE_MQTT__KEEP_ALIVE_SECONDS: $.mqtt.keepAliveSeconds: is \"long\"; allowed: whole numbers 5 to 3600",
            "IOT_EDGE_MQTT__COLOUR: $.mqtt.colour: is not known; allowed here: endpoint,",
            "line 5: $.outbox: is 7; an object is wanted",
        ];
        Assert.All(expected, line => Assert.Contains(line, message, StringComparison.Ordinal));
        Assert.Contains($"has {expected.Length} mistakes", message, StringComparison.Ordinal);
    }

    private EdgeConfiguration Load(params (string Name, string Value)[] environment)
    {
        var path = Path.Combine(_directory.Path, "edge.json");
        System.IO.File.WriteAllText(path, File);
        return ConfigurationFile.Load(path, environment.ToDictionary(e => e.Name, e => e.Value));
    }
}
