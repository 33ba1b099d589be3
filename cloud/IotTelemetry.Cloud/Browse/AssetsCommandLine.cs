using System.CommandLine;
using IotTelemetry.Cloud.Hosting;
using Spectre.Console;

namespace IotTelemetry.Cloud.Browse;

/// <summary>The options of <c>iot-cloud assets</c>.</summary>
internal static class AssetsCommandLine
{
    private const int DefaultLimit = 1000;
    private const int MaximumLimit = 10_000_000;

    public static Command Create(Option<Uri> url, Func<IAnsiConsole> table)
    {
        Option<string?>[] choices =
        [
            new("--site") { Description = "Only this site" },
            new("--gateway") { Description = "Only this gateway" },
            new("--kind") { Description = "Only this kind, such as parking_bay" },
            new("--state") { Description = "Only online, offline, free, occupied, unknown, pending, locked, stale or bad" },
            new("--text") { Description = "Only with this text in the id, the kind or a tag" },
        ];
        Option<string[]> tags = new("--tag") { Description = "Only with this tag, NAME:VALUE; may be repeated", DefaultValueFactory = _ => [] };
        Option<int> limit = new("--limit") { Description = "How many at most", DefaultValueFactory = _ => DefaultLimit };
        Option<string?> user = DoorArguments.CreateUser();
        Option<bool> json = new("--json") { Description = "Prints each asset as the service answers it, one a line" };
        Command command = new("assets", "Lists the assets of a running service with their live points.") { tags, limit, json, url, user };
        foreach (Option<string?> choice in choices)
        {
            command.Add(choice);
        }

        command.SetAction(async (parsed, stop) =>
        {
            List<KeyValuePair<string, string>> query = [.. (parsed.GetValue(tags) ?? []).Select(tag => KeyValuePair.Create("tag", tag))];
            foreach (Option<string?> choice in choices)
            {
                if (parsed.GetValue(choice) is { } value)
                {
                    query.Add(KeyValuePair.Create(choice.Name.TrimStart('-'), value));
                }
            }

            OptionException.ThrowIfOutside("--limit", parsed.GetValue(limit), 1, MaximumLimit);
            using HttpClient http = new();
            DoorArguments.LogIn(http, parsed.GetValue(user));
            return await new AssetsCommand(http, table(), Console.Out, Console.Error, TimeProvider.System)
                .RunAsync(parsed.GetRequiredValue(url), query, parsed.GetValue(limit), parsed.GetValue(json), stop);
        });
        return command;
    }
}
