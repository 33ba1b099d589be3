using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Control;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware;
using IotTelemetry.Hardware.Linux;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Command = System.CommandLine.Command;

namespace IotTelemetry.Edge.Hosting;

/// <summary>
/// <c>iot-edge set</c>, for the installer on site: through the running agent, or on the board itself when none runs, with the same interlocks and the same journal either way.
/// </summary>
internal static class SetCommand
{
    private const string UsualFile = "/etc/iot-edge/edge.json";
    private static readonly TimeSpan FirstValues = TimeSpan.FromSeconds(2);

    public static Command Build()
    {
        var point = new Argument<string>("POINT") { Description = "The point, as ASSET/POINT" };
        var value = new Argument<string>("VALUE") { Description = "on, off or a number" };
        var file = new Option<string>("--config") { Description = "The configuration file", DefaultValueFactory = _ => UsualFile };
        var reason = new Option<string?>("--reason") { Description = "Why, for the journal" };
        var hold = new Option<double?>("--hold") { Description = "Without a running agent: keep the output for so many seconds instead of until Ctrl-C; after that it goes to its safe value" };
        var command = new Command("set", "Set an output, with all interlocks: through the running agent, or on the board when none runs. Exit status 0 when it was done") { point, value, file, reason, hold };
        command.SetAction(async (parsed, _) =>
        {
            using var signals = new StopSignals();
            try
            {
                var configuration = ConfigurationFile.Load(parsed.GetRequiredValue(file));
                using var wanted = ReadValue(parsed.GetRequiredValue(value));
                var request = new ControlRequest
                {
                    Verb = LocalSwitch.Verb,
                    Point = parsed.GetRequiredValue(point),
                    Value = wanted.RootElement,
                    Reason = parsed.GetValue(reason),
                    SudoUser = Environment.GetEnvironmentVariable("SUDO_USER"),
                };
                var holdFor = parsed.GetValue(hold) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
                return await RunAsync(configuration, request, holdFor, signals.Stopping) ? 0 : 1;
            }
            catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or LinuxException or FormatException)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return 1;
            }
        });
        return command;
    }

    private static async Task<bool> RunAsync(EdgeConfiguration configuration, ControlRequest request, TimeSpan hold, CancellationToken stopping)
    {
        CommandResult? last = null;
        var isAnswered = await ControlClient.AskAsync(EdgeConfiguration.ControlSocket(configuration.StateDirectory), request, line => last = Show(line) ?? last, stopping);
        if (!isAnswered)
        {
            last = await OnBoardAsync(configuration, request, hold, stopping);
        }

        return IsDone(last);
    }

    /// <summary>Prints one answer of the agent; null when it is no result but a problem.</summary>
    private static CommandResult? Show(string line)
    {
        using var answer = JsonDocument.Parse(line);
        if (answer.RootElement.TryGetProperty("problem", out var problem))
        {
            Console.Error.WriteLine(problem.GetString());
            return null;
        }

        var result = CommandResult.Decode(System.Text.Encoding.UTF8.GetBytes(line));
        Show(result);
        return result;
    }

    private static void Show(CommandResult result)
    {
        var code = JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Code.ToString());
        var why = (result.Code == CommandCode.Ok ? "" : $" ({code})") + (result.Detail is { } detail ? $": {detail}" : "");
        Console.Out.WriteLine($"{DateTimeOffset.FromUnixTimeMilliseconds(result.AtMs).ToLocalTime():HH:mm:ss.fff} {result.State.ToString().ToLowerInvariant()}{why}");
    }

    /// <summary>No agent runs: its lock is taken, and the board driven from here until the output is let go.</summary>
    private static async Task<CommandResult?> OnBoardAsync(EdgeConfiguration configuration, ControlRequest request, TimeSpan hold, CancellationToken stopping)
    {
        var directory = Directory.CreateDirectory(EdgeConfiguration.OutboxDirectory(configuration.StateDirectory)).FullName;
        await using var held = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var time = TimeProvider.System;
        await using var sampling = SamplingPlan.Make(BoardFactory.Create(configuration.Board, time, NullLoggerFactory.Instance), configuration);
        var plan = SwitchPlan.Create(configuration, sampling.Board.Assets, sampling.Board.Points);
        await using var board = new LiveBoard(sampling.Board, time, plan.OwnPoints);
        var clock = new AssumedClock(time, ClockQuality.Unknown);
        await using var control = new GatewayControl(configuration.StateDirectory, plan, board, clock, new FaultBook(clock), time, NullLoggerFactory.Instance);
        if (control.Local.Read(request, ControlPeer.Self(), out var problem) is not { } command)
        {
            await Console.Error.WriteLineAsync(problem);
            return null;
        }

        using var ending = new CancellationTokenSource();
        var running = Task.Run(() => board.RunAsync(new NoSink(), ending.Token), CancellationToken.None);
        try
        {
            await AwaitFirstValuesAsync(board, running, stopping);
            var result = await control.Desk.ExecuteAsync(command, CommandOrigin.Local, Show);
            if (IsDone(result) && hold != TimeSpan.Zero && !stopping.IsCancellationRequested)
            {
                Console.Out.WriteLine(hold < TimeSpan.Zero ? "held until Ctrl-C, then outputs go to their safe values" : string.Create(CultureInfo.InvariantCulture, $"held for {hold.TotalSeconds} s, then outputs go to their safe values"));
                await Task.WhenAny(running, Task.Delay(hold, stopping));
            }

            return result;
        }
        finally
        {
            await ending.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Interlocks look at what inputs and outputs show: each that pushes says it first.</summary>
    private static async Task AwaitFirstValuesAsync(LiveBoard board, Task running, CancellationToken stopping)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        giveUp.CancelAfter(FirstValues);
        int[] pushed = [.. Enumerable.Range(0, board.Points.Count).Where(i => board.Points[i].Delivery == PointDelivery.Pushed)];
        while (!Array.TrueForAll(pushed, i => board.Last(i) is not null) && !giveUp.IsCancellationRequested && !running.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool IsDone(CommandResult? result) => result is { State: CommandState.Executed or CommandState.Verified, IsFinal: true };

    private static JsonDocument ReadValue(string text) => text switch
    {
        "on" or "true" => JsonDocument.Parse("true"),
        "off" or "false" => JsonDocument.Parse("false"),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) =>
            JsonDocument.Parse(number.ToString("R", CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"{text} is no value; allowed: on, off or a number"),
    };

    private sealed class NoSink : IRawValueSink
    {
        public void Accept(in RawValue value)
        {
            // Nothing is sampled here; the board remembers what it shows.
        }
    }
}
