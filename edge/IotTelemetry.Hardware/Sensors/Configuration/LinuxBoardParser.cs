using System.Text.Json;
using IotTelemetry.Hardware.Gpio;

namespace IotTelemetry.Hardware.Sensors.Configuration;

/// <summary>Reads the board section of an agent's configuration.</summary>
public static class LinuxBoardParser
{
    /// <summary>Reads and checks a section; every mistake in it is found.</summary>
    /// <param name="section">The JSON object.</param>
    /// <param name="path">Where it stands, for messages: <c>board</c>.</param>
    /// <param name="stateDirectory">Where durable totals go unless the section says otherwise.</param>
    /// <exception cref="BoardConfigurationException">Something is missing, unknown, out of range or used twice.</exception>
    public static LinuxBoardOptions Parse(JsonElement section, string path, string stateDirectory)
    {
        var mistakes = new List<BoardMistake>();
        var node = new ConfigurationNode(section, path, mistakes);
        _ = node.Choice<bool>("kind", true, ("linux", true));
        var options = new LinuxBoardOptions
        {
            Name = node.Text("name"),
            Consumer = node.OptionalText("consumer") ?? "iot-edge",
            EventClock = node.Choice<GpioEventClock>("eventClock", GpioEventClock.Monotonic, ("monotonic", GpioEventClock.Monotonic), ("realtime", GpioEventClock.Realtime))!.Value,
            EventBufferSize = node.Whole("eventBufferSize", 16, 1024, 1024),
            StateDirectory = node.OptionalText("stateDirectory") is { } directory ? Path.GetFullPath(directory, stateDirectory) : stateDirectory,
            Header = node.OptionalText("header"),
            I2cBindings = [.. node.List("i2c", required: false).Select(Binding)],
            Assets = [.. node.List("assets", required: true).Select(Asset)],
        };
        node.Done();
        RefuseDoubles(options, node);
        return mistakes.Count == 0 ? options : throw new BoardConfigurationException(mistakes);
    }

    private static I2cBindOptions Binding(ConfigurationNode node)
    {
        var binding = new I2cBindOptions(node.Text("chip"), node.Text("bus"), node.Hex("address", 0x08, 0x77));
        node.Done();
        return binding;
    }

    private static LinuxAssetOptions Asset(ConfigurationNode node)
    {
        var asset = new BoardAsset(node.Text("id"), node.Text("kind"), node.OptionalNumber("latitude", -90, 90), node.OptionalNumber("longitude", -180, 180), node.Texts("tags"));
        var options = new LinuxAssetOptions { Asset = asset, Sensors = [.. node.List("sensors", required: true).Select(SensorParser.Parse).OfType<SensorOptions>()] };
        node.Done();
        return options;
    }

    private static void RefuseDoubles(LinuxBoardOptions options, ConfigurationNode node)
    {
        foreach (var asset in options.Assets.GroupBy(a => a.Asset.Id).Where(g => g.Key.Length > 0 && g.Count() > 1))
        {
            node.Refuse("assets", $"asset '{asset.Key}' is there {asset.Count()} times; ids must differ");
        }

        var lines = options.Assets.SelectMany(a => a.Sensors.SelectMany(s => s.Lines.Where(l => l.Line is { Chip.Length: > 0, Line.Length: > 0 }).Select(l => (Use: $"{a.Asset.Id}/{l.Role}", Name: l.Line.ToString()))));
        foreach (var line in lines.GroupBy(l => l.Name).Where(g => g.Count() > 1))
        {
            node.Refuse("assets", $"line {line.Key} is used twice: {string.Join(", ", line.Select(l => l.Use))}");
        }
    }
}
