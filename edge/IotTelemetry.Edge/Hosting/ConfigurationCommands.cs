using System.CommandLine;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The verbs about the configuration itself.</summary>
internal static class ConfigurationCommands
{
    public static Command Check()
    {
        var file = new Argument<string>("CONFIG") { Description = "The configuration file" };
        var command = new Command("check", "List every mistake of a configuration file, with its line and what is allowed; exit status 0 if there is none") { file };
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            try
            {
                var configuration = ConfigurationFile.Load(path);
                var (board, assets, points) = await ConfigurationCheck.FitAsync(configuration);
                Console.Out.WriteLine($"{path} is right: {configuration.Gateway} on {board}, {assets} assets with {points} points, broker {configuration.Mqtt.Endpoint}");
                return 0;
            }
            catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or LinuxException)
            {
                Console.Error.WriteLine(exception.Message);
                return 1;
            }
        });
        return command;
    }
}
