using IotTelemetry.Edge.Hosting.Verbs;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The agent's verbs, and which of them is asked for.</summary>
internal static class CommandLine
{
    private const int Failure = 1;
    private const string Description = "The agent of a gateway: samples its board and sends what it reads, or replays a file";

    public static Verb[] Verbs { get; } =
    [
        RunCommand.Verb, ConfigurationCommands.Check, PointsCommand.Verb, OutboxCommand.Verb, SetCommand.Verb, HardwareCommands.Detect, HardwareCommands.Wiring, HardwareCommands.Safe, ReplayCommand.Verb,
    ];

    /// <summary>Does what the words ask for; the result is the exit status of the process.</summary>
    public static async Task<int> RunAsync(string[] words)
    {
        try
        {
            return words switch
            {
                [] or ["-h" or "-?" or "--help"] => Print(VerbHelp.Of(Description, Verbs)),
                ["--version"] => Print(GatewayRuntime.Version),
                [var first, .. var rest] when !first.StartsWith('-') => await RunAsync(Find(first), rest),
                _ => await RunAsync(ReplayCommand.Verb, words),
            };
        }
        catch (UsageException mistake)
        {
            await Console.Error.WriteLineAsync($"{mistake.Message}; see iot-edge --help");
            return Failure;
        }
        catch (Exception defect)
        {
            await Console.Error.WriteLineAsync($"iot-edge has a defect: {defect}");
            return Failure;
        }
    }

    private static async Task<int> RunAsync(Verb verb, string[] words) =>
        words is ["-h" or "-?" or "--help", ..] ? Print(VerbHelp.Of(verb)) : await verb.Run(VerbParser.Parse(verb, words));

    private static Verb Find(string name)
    {
        foreach (var verb in Verbs)
        {
            if (verb.Name == name)
            {
                return verb;
            }
        }

        throw new UsageException($"'{name}' is no verb; there are {string.Join(", ", Verbs.Where(v => v.Name.Length > 0).Select(v => v.Name))}");
    }

    private static int Print(string text)
    {
        Console.Out.WriteLine(text);
        return 0;
    }
}
