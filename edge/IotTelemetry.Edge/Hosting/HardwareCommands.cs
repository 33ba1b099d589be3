using System.Text.Json;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting.Verbs;
using IotTelemetry.Hardware.Detection;
using IotTelemetry.Hardware.Sensors;
using IotTelemetry.Hardware.Sensors.Configuration;
using IotTelemetry.Hardware.Wiring;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The verbs of whoever stands before the cabinet: <c>detect</c>, <c>wiring</c> and <c>safe</c>.</summary>
internal static class HardwareCommands
{
    private static readonly VerbArgument Config = new("CONFIG", "The configuration file");
    private static readonly VerbArgument Place = new("CONFIG|DIR", "A configuration file with a Linux board, or a directory of them");

    public static Verb Detect { get; } = new()
    {
        Name = "detect",
        Description = "Show what this machine has (GPIO lines and who uses them, I2C chips, IIO and hwmon sensors) as a configuration to start from",
        Run = _ => Guarded(WriteInventory),
    };

    public static Verb Wiring { get; } = new()
    {
        Name = "wiring",
        Description = "Write the wiring table (Markdown) and the pin drawing (SVG) beside each configuration file",
        Arguments = [Place],
        Run = input => Guarded(() => WritePages(input[Place])),
    };

    public static Verb Safe { get; } = new()
    {
        Name = "safe",
        Description = "Bring the outputs to their safe values after an agent that was killed; for ExecStopPost= of systemd",
        Arguments = [Config],
        Run = input => Guarded(() => ApplySafeValues(input[Config])),
    };

    private static int WriteInventory()
    {
        Console.Out.Write(StartingConfiguration.Write(Inventory.Read(), Environment.MachineName.ToLowerInvariant()));
        return 0;
    }

    private static int WritePages(string path)
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

    private static int ApplySafeValues(string file)
    {
        var failures = ConfigurationFile.Load(file, opensCertificates: false).Board.Linux is { } board ? SafeOutputs.Apply(board) : [];
        foreach (var failure in failures)
        {
            Console.Error.WriteLine(failure);
        }

        return failures.Count == 0 ? 0 : 1;
    }

    private static Task<int> Guarded(Func<int> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or BoardConfigurationException or JsonException)
        {
            Console.Error.WriteLine(exception.Message);
            return Task.FromResult(1);
        }
    }
}
