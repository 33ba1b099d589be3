using System.Text.Json;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting.Verbs;
using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Hosting;

/// <summary><c>iot-edge outbox</c>: reads what lies on the disk, and asks no agent.</summary>
internal static class OutboxCommand
{
    private const int Failure = 1;

    private static readonly VerbArgument Place = new("DIR|CONFIG", "The state directory, or the configuration file that names it");
    private static readonly VerbOption Json = new("--json", "Print JSON");

    public static Verb Verb { get; } = new()
    {
        Name = "outbox",
        Description = "Show what lies in the outbox and went through it; works while the agent is stopped, too",
        Arguments = [Place],
        Options = [Json],
        Run = input => Task.FromResult(Run(input[Place], input.Has(Json))),
    };

    private static int Run(string path, bool asJson)
    {
        if (!Path.Exists(path))
        {
            Console.Error.WriteLine($"{path} is not there; give the state directory or the configuration file");
            return Failure;
        }

        try
        {
            var state = Directory.Exists(path) ? path : ConfigurationFile.Load(path, opensCertificates: false).StateDirectory;
            var outbox = EdgeConfiguration.OutboxDirectory(state);
            var content = OutboxLoader.Load(Directory.Exists(outbox) ? outbox : state, repair: false);
            var status = content.ToStatus() with { Oldest = OldestFrame.SealedAt(content.Queues) };
            Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(status, OutboxJson.Default.OutboxStatus) : OutboxReport.Text(status));
            return 0;
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return Failure;
        }
    }
}
