using System.CommandLine;
using System.Globalization;
using IotTelemetry.Cloud.Hosting;
using Spectre.Console;

namespace IotTelemetry.Cloud.Operate;

/// <summary>The verbs of operators: switch, commands, cancel, bulk, lock, unlock, lockouts.</summary>
/// <param name="url">Makes the option that names the service.</param>
/// <param name="console">Makes the console for tables.</param>
internal sealed class OperateCommandLine(Func<Option<Uri>> url, Func<IAnsiConsole> console)
{
    private delegate Task<int> Verb(Verbs verbs, ParseResult parsed, CancellationToken stop);

    public IEnumerable<Command> Create() => [Switch(), Commands(), Cancel(), Bulk(), Lock(), Unlock(), Lockouts()];

    private Command Switch()
    {
        Argument<string> asset = Asset();
        CommandFields fields = new();
        Option<string?> key = new("--idempotency-key") { Description = "With the same key the same request is made once only, however often it is sent" };
        Option<bool> noWait = new("--no-wait") { Description = "Returns when the command is recorded" };
        Option<string> author = Author();
        Command command = new("switch", "Sets a point of an asset, shows each state as it happens, and waits for the end: exit status 0 when the feedback shows it (or there is none), 6 when it was not done.")
        {
            asset, fields.Value, fields.Reason, fields.Point, fields.Expected, fields.Expiry, fields.Mode, author, key, noWait,
        };
        return With(command, (verbs, parsed, stop) => verbs.SwitchAsync(
            AssetOf(parsed, asset), parsed.GetRequiredValue(author), fields.Body(parsed, null, null), parsed.GetValue(key), !parsed.GetValue(noWait), stop));
    }

    private Command Commands()
    {
        Argument<string?> id = new("id") { Description = "One command, with every row of its life", Arity = ArgumentArity.ZeroOrOne };
        Dictionary<string, Option<string?>> filters = new()
        {
            ["site"] = new("--site") { Description = "Only of this site" },
            ["asset"] = new("--asset") { Description = "Only of this asset, site/asset" },
            ["author"] = new("--by") { Description = "Only by this author" },
            ["state"] = new("--state") { Description = "Only in this state, such as verified or rejected" },
            ["bulk"] = new("--bulk") { Description = "Only of this bulk" },
            ["limit"] = new("--limit") { Description = "How many at most, up to 1000 (default 100)" },
        };
        Option<string?> since = new("--since") { Description = "Only of the last 90m, 12h, 7d … (default 30d)" };
        Command command = new("commands", "The audit: who switched what, why, when, and what became of it; newest first.") { id, since };
        foreach (Option<string?> filter in filters.Values)
        {
            command.Options.Add(filter);
        }

        return With(command, (verbs, parsed, stop) =>
        {
            if (parsed.GetValue(id) is { } one)
            {
                return verbs.ShowAsync(one, stop);
            }

            long? sinceMs = parsed.GetValue(since) is { } span ? (DateTimeOffset.UtcNow - Span("--since", span)).ToUnixTimeMilliseconds() : null;
            return verbs.ListAsync(Query([.. filters.Select(filter => (filter.Key, parsed.GetValue(filter.Value))), ("sinceMs", sinceMs?.ToString(CultureInfo.InvariantCulture))]), stop);
        });
    }

    private Command Cancel()
    {
        Argument<string> id = new("id") { Description = "The command" };
        Option<string> reason = Reason();
        Option<string> author = Author();
        Command command = new("cancel", "Takes a command back, if its gateway has not set the output yet.") { id, reason, author };
        return With(command, (verbs, parsed, stop) => verbs.CancelAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(author), parsed.GetRequiredValue(reason), stop));
    }

    private Command Bulk()
    {
        CommandFields fields = new();
        Argument<string[]> assets = new("assets") { Description = "site/asset, as many as wanted; or choose them with --site, --kind, --tag", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> site = new("--site") { Description = "Assets of this site" };
        Option<string?> kind = new("--kind") { Description = "Assets of this kind" };
        Option<string?> tag = new("--tag") { Description = "Assets with this tag, NAME:VALUE" };
        Option<double?> perSecond = new("--per-second") { Description = "How many are begun in a second" };
        Option<bool> noWait = new("--no-wait") { Description = "Returns when the commands are recorded" };
        Option<string> author = Author();
        Command start = new("start", "Sets a point of many assets, one after another at a limited rate.")
        {
            fields.Value, assets, fields.Reason, fields.Point, fields.Expected, fields.Expiry, fields.Mode, site, kind, tag, perSecond, author, noWait,
        };
        Argument<string> id = new("id") { Description = "The bulk" };
        Command show = new("show", "How far a bulk is.") { id };
        Option<string> reason = Reason();
        Option<string> stopper = Author();
        Command halt = new("stop", "The stop button: what is not begun never is, and what may be taken back is.") { id, reason, stopper };
        return new("bulk", "The same command for many assets.")
        {
            With(start, (verbs, parsed, stop) => verbs.BulkAsync(
                Query([("site", parsed.GetValue(site)), ("kind", parsed.GetValue(kind)), ("tag", parsed.GetValue(tag))]),
                parsed.GetRequiredValue(author),
                fields.Body(parsed, parsed.GetValue(assets) is { Length: > 0 } named ? named : null, parsed.GetValue(perSecond)),
                !parsed.GetValue(noWait),
                stop)),
            With(show, (verbs, parsed, stop) => verbs.BulkAsync(parsed.GetRequiredValue(id), null, null, stop)),
            With(halt, (verbs, parsed, stop) => verbs.BulkAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(stopper), parsed.GetRequiredValue(reason), stop)),
        };
    }

    private Command Lock()
    {
        Argument<string> asset = Asset();
        Option<string> reason = Reason();
        Option<string?> length = new("--for") { Description = "Ends by itself after 30m, 8h, 2d …; without it, it holds until it is lifted" };
        Option<string> author = Author();
        Command command = new("lock", "Keeps an asset from being switched, by anybody and anything, until you or a supervisor unlock it.") { asset, reason, length, author };
        return With(command, (verbs, parsed, stop) => verbs.LockAsync(
            AssetOf(parsed, asset),
            parsed.GetRequiredValue(author),
            parsed.GetRequiredValue(reason),
            parsed.GetValue(length) is { } span ? DateTimeOffset.UtcNow + Span("--for", span) : null,
            stop));
    }

    private Command Unlock()
    {
        Argument<string> asset = Asset();
        Option<string?> holder = new("--holder") { Description = "Whose lockout, for supervisors; your own without it" };
        Option<string> author = Author();
        Command command = new("unlock", "Lifts a lockout.") { asset, holder, author };
        return With(command, (verbs, parsed, stop) => verbs.UnlockAsync(AssetOf(parsed, asset), parsed.GetRequiredValue(author), parsed.GetValue(holder), stop));
    }

    private Command Lockouts() => With(new Command("lockouts", "All lockouts in force."), (verbs, _, stop) => verbs.LockoutsAsync(stop));

    private Command With(Command command, Verb verb)
    {
        Option<Uri> service = url();
        Option<bool> json = new("--json") { Description = "Prints the service's answer as JSON" };
        Option<string?> user = DoorArguments.CreateUser();
        command.Options.Add(service);
        command.Options.Add(user);
        command.Options.Add(json);
        command.SetAction(async (parsed, stop) =>
        {
            using HttpClient http = new() { Timeout = TimeSpan.FromMinutes(2) };
            DoorArguments.LogIn(http, parsed.GetValue(user));
            return await new ServiceClient(http, parsed.GetRequiredValue(service))
                .RunAsync(client => verb(new Verbs(client, console(), Console.Out, parsed.GetValue(json)), parsed, stop), Console.Error);
        });
        return command;
    }

    private static Argument<string> Asset() => new("asset") { Description = "site/asset, as iot-cloud assets lists them" };

    private static Option<string> Reason() => new("--reason") { Description = "Why, for the audit", Required = true };

    private static Option<string> Author() => new("--author") { Description = "Who does it, where nobody logs in; the user of this machine unless told otherwise", DefaultValueFactory = _ => Environment.UserName };

    private static string AssetOf(ParseResult parsed, Argument<string> asset)
    {
        string text = parsed.GetRequiredValue(asset);
        return Assets.AssetId.TryParse(text, out _, out string? problem) ? text : throw new OptionException("asset", text, $"allowed is site/asset. {problem}");
    }

    private static string Query(IEnumerable<(string Name, string? Value)> fields) =>
        string.Join('&', fields.Where(field => field.Value is not null).Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}"));

    private static TimeSpan Span(string option, string text)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        return unit > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count > 0 && count * unit < 3e9
            ? TimeSpan.FromSeconds(count * unit)
            : throw new OptionException(option, text, "allowed is a number and s, m, h or d, for example 8h");
    }
}
