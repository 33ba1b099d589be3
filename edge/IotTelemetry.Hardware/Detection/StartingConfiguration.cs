using System.Globalization;
using System.Text;
using System.Text.Json;
using IotTelemetry.Hardware.Gpio;

namespace IotTelemetry.Hardware.Detection;

/// <summary>
/// Writes what was found as a configuration to start from: JSON with comments that the agent loads as it is, the inventory in the comments, every kernel
/// sensor as an asset, and free GPIO lines to be filled in by whoever knows what is wired to them.
/// </summary>
public static class StartingConfiguration
{
    /// <summary>The whole file.</summary>
    public static string Write(Inventory inventory, string gatewayName)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        var text = new StringBuilder();
        text.Append("// Written by iot-edge detect: what this machine has, and a configuration to start from.\n");
        WriteChips(text, inventory.Chips);
        WriteBuses(text, inventory.Buses);
        text.Append(CultureInfo.InvariantCulture, $$"""
            {
              "site": "my-site",
              "gateway": {{Quoted(gatewayName)}},
              "state": "/var/lib/iot-edge",
              "mqtt": { "endpoint": "mqtt://127.0.0.1:1883" },
              "board": {
                "kind": "linux",
                "name": {{Quoted(gatewayName)}},
                "assets": [

            """);
        if (inventory.Sensors.Count == 0)
        {
            WriteExampleInput(text, inventory.Chips);
        }

        foreach (var sensor in inventory.Sensors)
        {
            WriteSensor(text, sensor);
        }

        text.Append("    ]\n  }\n}\n");
        return text.ToString();
    }

    private static void WriteChips(StringBuilder text, IReadOnlyList<DetectedChip> chips)
    {
        text.Append("//\n// GPIO chips (\"chip\" is the label; \"line\" is the name or the offset):\n");
        foreach (var chip in chips)
        {
            text.Append(CultureInfo.InvariantCulture, $"//   {chip.Name} \"{chip.Label}\", {chip.Lines.Count} lines\n");
            foreach (var line in chip.Lines.Where(l => l.IsUsed || l.Name.Length > 0))
            {
                var user = !line.IsUsed ? "free" : $"used by {(line.Consumer.Length == 0 ? "the kernel" : line.Consumer)}{(line.IsOutput ? " as an output" : "")}";
                text.Append(CultureInfo.InvariantCulture, $"//     {line.Offset,3} {(line.Name.Length == 0 ? "-" : line.Name)}: {Comment(user)}\n");
            }
        }

        if (chips.Count == 0)
        {
            text.Append("//   none (or none that this user may open)\n");
        }
    }

    private static void WriteBuses(StringBuilder text, IReadOnlyList<DetectedBus> buses)
    {
        text.Append("//\n// I2C buses and the chips the kernel knows there (others need an entry under \"i2c\"):\n");
        foreach (var bus in buses)
        {
            text.Append(CultureInfo.InvariantCulture, $"//   {Comment(bus.Bus.ToString())}\n");
            foreach (var client in bus.Clients)
            {
                text.Append(CultureInfo.InvariantCulture, $"//     0x{client.Address:x2} {client.Name}: {(client.Driver is null ? "no driver" : "driver " + client.Driver)}\n");
            }
        }

        text.Append(buses.Count == 0 ? "//   none\n//\n" : "//\n");
    }

    private static void WriteSensor(StringBuilder text, DetectedSensor sensor)
    {
        var id = sensor.Address is { } address ? string.Create(CultureInfo.InvariantCulture, $"{sensor.Name}-{sensor.Bus}-{address:x2}") : sensor.Name;
        text.Append(CultureInfo.InvariantCulture, $"      {{ \"id\": {Quoted(Name(id))}, \"kind\": \"sensor\", \"sensors\": [\n");
        foreach (var channel in sensor.Channels)
        {
            var place = sensor.Address is { } a ? string.Create(CultureInfo.InvariantCulture, $"\"bus\": \"{sensor.Bus}\", \"address\": \"0x{a:x2}\", ") : "";
            var unit = channel.Unit.Length == 0 ? "\"unit\": \"unknown\", " : "";
            text.Append(CultureInfo.InvariantCulture, $"        {{ \"type\": \"{sensor.Subsystem}\", \"device\": {Quoted(sensor.Name)}, {place}")
                .Append(CultureInfo.InvariantCulture, $"\"channel\": {Quoted(channel.Name)}, {unit}\"point\": {Quoted(Name(PointName(channel)))} }},\n");
        }

        text.Append("      ] },\n");
    }

    private static void WriteExampleInput(StringBuilder text, IReadOnlyList<DetectedChip> chips)
    {
        var chip = chips.FirstOrDefault(c => c.Lines.Any(l => !l.IsUsed));
        var line = chip?.Lines.First(l => !l.IsUsed);
        text.Append(CultureInfo.InvariantCulture, $$"""
                  { "id": "contact-1", "kind": "contact", "sensors": [
                    { "type": "digital-input", "point": "closed",
                      "line": { "chip": {{Quoted(chip?.Label ?? "0")}}, "line": {{Quoted(Line(line))}}, "bias": "pull-up", "activeLow": true, "debounceMs": 20 } },
                  ] },

            """);
    }

    private static string Line(GpioLineInfo? line) => line is null ? "0" : line.Name.Length > 0 ? line.Name : line.Offset.ToString(CultureInfo.InvariantCulture);

    private static string PointName(DetectedChannel channel) => channel.Unit.Length == 0
        ? channel.Name
        : $"{channel.Name}_{channel.Unit.Replace("%", "percent", StringComparison.Ordinal)}";

    /// <summary>Asset and point names: letters, digits, dash, underscore and dot.</summary>
    private static string Name(string text)
    {
        var name = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? char.ToLowerInvariant(c) : '_')).TrimStart('-', '_');
        return name.Length == 0 ? "sensor" : name.Length > 64 ? name[..64] : name;
    }

    private static string Comment(string text) => text.ReplaceLineEndings(" ");

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
