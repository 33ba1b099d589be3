using System.CommandLine;
using System.Globalization;
using IotTelemetry.ClickHouse.Server;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Rejects;

/// <summary><c>iot-cloud rejects</c>: lists what could not be stored, and <c>iot-cloud rejects replay</c> has a running service take it again.</summary>
internal sealed class RejectsCommand
{
    private readonly Option<string?> _gateway = new("--gateway") { Description = "Of this gateway only: SITE/GATEWAY" };
    private readonly Option<string?> _reason = new("--reason") { Description = "With this reason only, for example unknown_birth" };
    private readonly Option<string?> _since = new("--since") { Description = "Received since then: 2026-11-20T08:00Z, or an age such as 90m, 12h, 7d" };
    private readonly Option<string?> _until = new("--until") { Description = "Received before then, likewise" };
    private readonly Option<int?> _limit = new("--limit") { Description = "The newest this many" };
    private readonly Func<Option<Uri>> _url;
    private readonly Func<ServerEngineOptions, string, string?, IReadOnlyList<string>, CancellationToken, Task<int>> _ask;

    /// <summary>The command.</summary>
    /// <param name="url">Makes the option that names the service.</param>
    /// <param name="ask">Asks the service's door: address and login, statement, format, parameters.</param>
    public RejectsCommand(Func<Option<Uri>> url, Func<ServerEngineOptions, string, string?, IReadOnlyList<string>, CancellationToken, Task<int>> ask)
    {
        _url = url;
        _ask = ask;
    }

    public Command Create()
    {
        Option<string?> format = new("--format") { Description = "A format of ClickHouse; without it a table is printed" };
        Option<bool> json = new("--json") { Description = "One JSON object a line; the same as --format JSONEachRow" };
        DoorArguments door = new();
        Command rejects = new("rejects", "Lists messages that could not be stored, newest first, with the reason; replayed says whether a replay has stored it since.") { format, json };
        door.AddTo(rejects);
        AddFilter(rejects);
        rejects.SetAction((parsed, stop) =>
        {
            RejectFilter filter = ReadFilter(parsed, 100);
            string[] parameters = [.. filter.Parameters.Select(parameter => $"{parameter.Name}={parameter.Value}")];
            return _ask(door.Read(parsed), ListSql(filter), parsed.GetValue(json) ? "JSONEachRow" : parsed.GetValue(format), parameters, stop);
        });
        rejects.Add(Replay());
        return rejects;
    }

    /// <summary>A moment, or the moment that long ago.</summary>
    /// <exception cref="OptionException">The text is neither.</exception>
    public static DateTimeOffset Moment(string key, string text, DateTimeOffset now)
    {
        if (text.Length > 1 && uint.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint count) && count < 100_000)
        {
            switch (text[^1])
            {
                case 'm':
                    return now - TimeSpan.FromMinutes(count);
                case 'h':
                    return now - TimeSpan.FromHours(count);
                case 'd':
                    return now - TimeSpan.FromDays(count);
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            ? moment
            : throw new OptionException(key, text, "allowed is a time such as 2026-11-20T08:00Z, or an age such as 90m, 12h, 7d");
    }

    private static string ListSql(RejectFilter filter) =>
        $"""
         SELECT received_at, site, gateway, epoch, seq, reason, detail, client, length(payload) AS bytes,
             (site, gateway, epoch, seq, fingerprint) IN
             (
                 SELECT site, gateway, epoch, seq, fingerprint FROM iot.frames
                 WHERE outcome = 'stored' AND (site, gateway, epoch, seq) IN (SELECT site, gateway, epoch, seq FROM iot.rejects WHERE {filter.Sql})
             ) AS replayed
         FROM iot.rejects FINAL WHERE {filter.Sql} ORDER BY received_at DESC LIMIT {filter.Limit}
         """;

    private Command Replay()
    {
        Option<bool> dryRun = new("--dry-run") { Description = "Says what would be stored, and changes nothing" };
        Option<bool> json = new("--json") { Description = "Prints the service's answer as it is" };
        Option<Uri> url = _url();
        Option<string?> user = DoorArguments.CreateUser();
        Command replay = new("replay", "Has the service take rejected frames again, after what was wrong was mended. What is stored already is not stored twice.") { dryRun, json, url, user };
        AddFilter(replay);
        replay.SetAction(async (parsed, stop) =>
        {
            using HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
            DoorArguments.LogIn(http, parsed.GetValue(user));
            ReplayRequest request = new(http, Console.Out, Console.Error);
            return await request.RunAsync(parsed.GetRequiredValue(url), ReadFilter(parsed, 1000), parsed.GetValue(dryRun), parsed.GetValue(json), stop);
        });
        return replay;
    }

    private void AddFilter(Command command)
    {
        foreach (Option option in (Option[])[_gateway, _reason, _since, _until, _limit])
        {
            command.Options.Add(option);
        }
    }

    private RejectFilter ReadFilter(ParseResult parsed, int limit)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        int most = parsed.GetValue(_limit) ?? limit;
        OptionException.ThrowIfOutside("--limit", most, 1, 10_000);
        return new RejectFilter(
            parsed.GetValue(_gateway),
            parsed.GetValue(_reason),
            parsed.GetValue(_since) is { } since ? Moment("--since", since, now) : null,
            parsed.GetValue(_until) is { } until ? Moment("--until", until, now) : null,
            most);
    }
}
