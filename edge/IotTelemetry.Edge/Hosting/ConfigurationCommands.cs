using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting.Verbs;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The verbs about the configuration itself.</summary>
internal static class ConfigurationCommands
{
    private static readonly VerbArgument Config = new("CONFIG", "The configuration file");

    public static Verb Check { get; } = new()
    {
        Name = "check",
        Description = "List every mistake of a configuration file, with its line and what is allowed; exit status 0 if there is none",
        Arguments = [Config],
        Run = CheckAsync,
    };

    private static async Task<int> CheckAsync(VerbInput input)
    {
        try
        {
            var configuration = ConfigurationFile.Load(input[Config]);
            var (board, assets, points) = await ConfigurationCheck.FitAsync(configuration);
            Console.Out.WriteLine($"{input[Config]} is right: {configuration.Gateway} on {board}, {assets} assets with {points} points, broker {configuration.Mqtt.Endpoint}");
            return 0;
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or LinuxException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }
}
