using System.CommandLine;
using System.Text.Json;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Hardware.Detection;
using IotTelemetry.Hardware.Sensors;
using IotTelemetry.Hardware.Sensors.Configuration;
using IotTelemetry.Hardware.Wiring;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The verbs of whoever stands before the cabinet: <c>detect</c>, <c>wiring</c> and <c>safe</c>.</summary>
internal static class HardwareCommands
{
    public static Command Detect()
    {
        var command = new Command("detect", "Show what this machine has (GPIO lines and who uses them, I2C chips, IIO and hwmon sensors) as a configuration to start from");
        command.SetAction(_ =>
        {
            try
            {
                Console.Out.Write(StartingConfiguration.Write(Inventory.Read(), Environment.MachineName.ToLowerInvariant()));
                return 0;
            }
            catch (IOException exception)
            {
                Console.Error.WriteLine(exception.Message);
                return 1;
            }
        });
        return command;
    }

    public static Command Safe()
    {
        var file = new Argument<string>("CONFIG") { Description = "The configuration file" };
        var command = new Command("safe", "Bring the outputs to their safe values after an agent that was killed; for ExecStopPost= of systemd") { file };
        command.SetAction(parsed =>
        {
            try
            {
                var failures = ConfigurationFile.Load(parsed.GetRequiredValue(file)).Board.Linux is { } board ? SafeOutputs.Apply(board) : [];
                foreach (var failure in failures)
                {
                    Console.Error.WriteLine(failure);
                }

                return failures.Count == 0 ? 0 : 1;
            }
            catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(exception.Message);
                return 1;
            }
        });
        return command;
    }

    public static Command Wiring()
    {
        var place = new Argument<string>("CONFIG|DIR") { Description = "A configuration file with a Linux board, or a directory of them" };
        var command = new Command("wiring", "Write the wiring table (Markdown) and the pin drawing (SVG) beside each configuration file") { place };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(place);
            try
            {
                foreach (var file in Directory.Exists(path) ? Directory.GetFiles(path, "*.json") : [path])
                {
                    foreach (var (name, content) in WiringPages.Generate(file))
                    {
                        var target = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, name);
                        File.WriteAllText(target, content);
                        Console.Out.WriteLine(target);
                    }
                }

                return 0;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BoardConfigurationException or JsonException)
            {
                Console.Error.WriteLine(exception.Message);
                return 1;
            }
        });
        return command;
    }
}
