using System.Globalization;
using System.Text.Json;
using IotTelemetry.Cloud.Hosting;
using Spectre.Console;

namespace IotTelemetry.Cloud.Operate;

/// <summary>What the verbs of the command line do with the service: switch, follow, take back, lock, list.</summary>
/// <param name="client">The service.</param>
/// <param name="console">Where tables go.</param>
/// <param name="output">Where lines and JSON go.</param>
/// <param name="isJson">Whether answers are printed as the service gives them.</param>
internal sealed class Verbs(ServiceClient client, IAnsiConsole console, TextWriter output, bool isJson)
{
    private const int WaitSeconds = 20;

    /// <summary>Asks for a command and, unless told otherwise, waits for its end.</summary>
    public async Task<int> SwitchAsync(string asset, string author, object body, string? key, bool wait, CancellationToken stop)
    {
        JsonElement command = await client.AskAsync(HttpMethod.Post, $"api/assets/{asset}/commands", author, body, stop, ("Idempotency-Key", key));
        return !wait ? await PrintAsync(command, $"command {command.TextOf("id")}")
            : await FollowAsync(command, stop) switch
            {
                "verified" or "unverified" => ExitCode.Success,
                null => ExitCode.Failure,
                _ => ExitCode.NotSwitched,
            };
    }

    /// <summary>Takes a command back and waits for its end.</summary>
    public async Task<int> CancelAsync(string id, string author, string reason, CancellationToken stop)
    {
        JsonElement command = await client.AskAsync(HttpMethod.Post, $"api/commands/{id}/cancel", author, new { reason }, stop);
        return await FollowAsync(command, stop) == "cancelled" ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Shows one command with its rows.</summary>
    public async Task<int> ShowAsync(string id, CancellationToken stop)
    {
        JsonElement command = await client.AskAsync(HttpMethod.Get, $"api/commands/{id}", null, null, stop);
        if (isJson)
        {
            return await PrintAsync(command, "");
        }

        await output.WriteLineAsync($"{command.TextOf("asset")} {command.TextOf("point")} = {command.TextOf("value")} by {command.TextOf("author")}: {command.TextOf("reason")}");
        foreach (JsonElement transition in command.GetProperty("transitions").EnumerateArray())
        {
            await WriteAsync(transition);
        }

        return ExitCode.Success;
    }

    /// <summary>Lists the audit.</summary>
    public async Task<int> ListAsync(string query, CancellationToken stop)
    {
        JsonElement page = await client.AskAsync(HttpMethod.Get, $"api/commands?{query}", null, null, stop);
        return await TableAsync(page, ["when", "who", "asset", "what", "result", "why", "command"], command =>
        [
            command.TimeOf("requestedAtMs"),
            command.TextOf("author"),
            command.TextOf("asset"),
            $"{command.TextOf("point")} = {command.TextOf("value")}",
            command.TextOf("code") is { } code and not "ok" ? $"{command.TextOf("state")} ({code})" : command.TextOf("state"),
            command.TextOf("reason"),
            command.TextOf("id"),
        ]);
    }

    /// <summary>Asks for a bulk and, unless told otherwise, waits for its end.</summary>
    public async Task<int> BulkAsync(string query, string author, object body, bool wait, CancellationToken stop)
    {
        JsonElement bulk = await client.AskAsync(HttpMethod.Post, $"api/bulks?{query}", author, body, stop);
        string id = bulk.TextOf("id")!;
        await SayAsync($"bulk {id}: {bulk.TextOf("commands")} commands; iot-cloud bulk stop {id} stops it");
        while (wait && !bulk.GetProperty("final").GetBoolean())
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
            JsonElement now = await client.AskAsync(HttpMethod.Get, $"api/bulks/{id}", null, null, stop);
            if (StatesOf(now) != StatesOf(bulk))
            {
                await SayAsync(StatesOf(now));
            }

            bulk = now;
        }

        bool isDone = bulk.GetProperty("states").EnumerateObject().All(state => state.Name is "verified" or "unverified");
        return await PrintAsync(bulk, wait ? "" : StatesOf(bulk)) == ExitCode.Success && (isDone || !wait) ? ExitCode.Success : ExitCode.NotSwitched;
    }

    /// <summary>Shows or stops a bulk.</summary>
    public async Task<int> BulkAsync(string id, string? author, string? reason, CancellationToken stop)
    {
        JsonElement bulk = reason is null
            ? await client.AskAsync(HttpMethod.Get, $"api/bulks/{id}", null, null, stop)
            : await client.AskAsync(HttpMethod.Post, $"api/bulks/{id}/stop", author, new { reason }, stop);
        return await PrintAsync(bulk, $"bulk {id}: {StatesOf(bulk)}");
    }

    /// <summary>Sets a lockout.</summary>
    public async Task<int> LockAsync(string asset, string author, string reason, DateTimeOffset? until, CancellationToken stop)
    {
        JsonElement lockout = await client.AskAsync(HttpMethod.Put, $"api/assets/{asset}/lockout", author, new { reason, untilMs = until?.ToUnixTimeMilliseconds() }, stop);
        return await PrintAsync(lockout, $"{asset} is held by {author}{(until is null ? "" : $" until {lockout.TimeOf("untilMs")}")}: {reason}");
    }

    /// <summary>Lifts a lockout.</summary>
    public async Task<int> UnlockAsync(string asset, string author, string? holder, CancellationToken stop)
    {
        await client.AskAsync(HttpMethod.Delete, $"api/assets/{asset}/lockout{(holder is null ? "" : $"?holder={Uri.EscapeDataString(holder)}")}", author, null, stop);
        await output.WriteLineAsync(isJson ? JsonSerializer.Serialize(new { asset, lifted = true }) : $"{asset} is held no more by {holder ?? author}");
        return ExitCode.Success;
    }

    /// <summary>Lists all lockouts.</summary>
    public async Task<int> LockoutsAsync(CancellationToken stop)
    {
        JsonElement page = await client.AskAsync(HttpMethod.Get, "api/lockouts", null, null, stop);
        return await TableAsync(page, ["asset", "holder", "since", "until", "at the gateway", "why"], lockout =>
        [
            lockout.TextOf("asset"), lockout.TextOf("holder"), lockout.TimeOf("sinceMs"), lockout.TimeOf("untilMs"),
            lockout.GetProperty("atGateway").GetBoolean() ? "yes" : "not yet", lockout.TextOf("reason"),
        ]);
    }

    // The state at the end; null when nobody waits for it any longer.
    private async Task<string?> FollowAsync(JsonElement command, CancellationToken stop)
    {
        string id = command.TextOf("id")!;
        int shown = 0;
        await SayAsync($"command {id}");
        try
        {
            while (true)
            {
                foreach (JsonElement transition in command.GetProperty("transitions").EnumerateArray().Skip(shown))
                {
                    shown++;
                    await WriteAsync(transition);
                }

                if (command.GetProperty("final").GetBoolean())
                {
                    await PrintAsync(command, "");
                    return command.TextOf("state");
                }

                command = await client.AskAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"api/commands/{id}?after={shown}&waitSeconds={WaitSeconds}"), null, null, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await SayAsync($"not waited for any longer; the command goes on. iot-cloud cancel {id} takes it back, iot-cloud commands {id} shows it");
            return null;
        }
    }

    private Task WriteAsync(JsonElement transition)
    {
        string detail = transition.TextOf("detail") is { } text ? $": {text}" : "";
        string code = transition.TextOf("code") is { } name and not "ok" ? $" ({name})" : "";
        string seen = transition.TextOf("observed") is { } value ? $", sees {value}" : "";
        return SayAsync($"{transition.TimeOf("atMs", "HH:mm:ss.fff")}  {transition.TextOf("state"),-10} {transition.TextOf("actor")}{seen}{code}{detail}");
    }

    private static string StatesOf(JsonElement bulk) => string.Join(", ", bulk.GetProperty("states").EnumerateObject().Select(state => $"{state.Value} {state.Name}"));

    // With --json there is one document and nothing else.
    private Task SayAsync(string line) => isJson ? Task.CompletedTask : output.WriteLineAsync(line);

    private async Task<int> PrintAsync(JsonElement answer, string line)
    {
        string text = isJson ? answer.Indented() : line;
        if (text.Length > 0)
        {
            await output.WriteLineAsync(text);
        }

        return ExitCode.Success;
    }

    private async Task<int> TableAsync(JsonElement page, string[] columns, Func<JsonElement, string?[]> cells)
    {
        if (isJson)
        {
            return await PrintAsync(page, "");
        }

        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns(columns);
        foreach (JsonElement item in page.GetProperty("items").EnumerateArray())
        {
            table.AddRow([.. cells(item).Select(cell => new Text(cell ?? ""))]);
        }

        console.Write(table);
        return ExitCode.Success;
    }
}
