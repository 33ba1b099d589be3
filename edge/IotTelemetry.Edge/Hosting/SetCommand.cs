using System.Globalization;
using System.Text.Json;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Control;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Hosting.Verbs;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware.Linux;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Hosting;

/// <summary>
/// <c>iot-edge set</c>, for the installer on site: through the running agent, or on the board itself when none runs, with the same interlocks and the same journal either way.
/// </summary>
internal static class SetCommand
{
    private static readonly VerbArgument Point = new("POINT", "The point, as ASSET/POINT");
    private static readonly VerbArgument Value = new("VALUE", "on, off or a number");
    private static readonly VerbOption Config = new("--config", "The configuration file") { ValueName = "FILE", Default = "/etc/iot-edge/edge.json" };
    private static readonly VerbOption Reason = new("--reason", "Why, for the journal") { ValueName = "TEXT" };
    private static readonly VerbOption Hold = new("--hold", "Without a running agent: keep the output for so many seconds instead of until Ctrl-C; after that it goes to its safe value") { ValueName = "SECONDS", IsNumber = true };

    private static readonly TimeSpan CalibrationLook = TimeSpan.FromMilliseconds(100);

    public static Verb Verb { get; } = new()
    {
        Name = "set",
        Description = "Set an output, with all interlocks: through the running agent, or on the board when none runs. Exit status 0 when it was done",
        Arguments = [Point, Value],
        Options = [Config, Reason, Hold],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(VerbInput input)
    {
        using var signals = new StopSignals();
        try
        {
            var configuration = ConfigurationFile.Load(input.RequiredText(Config), opensCertificates: false);
            using var wanted = ReadValue(input[Value]);
            var request = new ControlRequest
            {
                Verb = LocalSwitch.Verb,
                Point = input[Point],
                Value = wanted.RootElement,
                Reason = input.Text(Reason),
                SudoUser = Environment.GetEnvironmentVariable("SUDO_USER"),
            };
            var hold = input.Number(Hold) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan;
            return await RunAsync(configuration, request, hold, signals.Stopping) ? 0 : 1;
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or LinuxException or FormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
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
        var time = TimeProvider.System;
        await using var direct = await DirectBoard.OpenAsync(configuration, time, stopping);
        var clock = new AssumedClock(time, ClockQuality.Unknown);
        await using var control = new GatewayControl(configuration.StateDirectory, direct.Plan, direct.Board, clock, new FaultBook(clock), new Liveness(time), time, NullLoggerFactory.Instance);
        if (control.Local.Read(request, ControlPeer.Self(), out var problem) is not { } command)
        {
            await Console.Error.WriteLineAsync(problem);
            return null;
        }

        var result = await control.Local.ExecuteAsync(command, Show);
        if (!IsDone(result))
        {
            return result;
        }

        var ending = Task.WhenAny(direct.Running, Task.Delay(hold, stopping));
        if (IsCalibration(configuration, command))
        {
            return await EndsAsync(direct, command, ending) ? result : null;
        }

        if (hold != TimeSpan.Zero && !stopping.IsCancellationRequested)
        {
            Console.Out.WriteLine(hold < TimeSpan.Zero ? "held until Ctrl-C, then outputs go to their safe values" : string.Create(CultureInfo.InvariantCulture, $"held for {hold.TotalSeconds} s, then outputs go to their safe values"));
            await ending;
        }

        return result;
    }

    private static bool IsCalibration(EdgeConfiguration configuration, Command command) =>
        command.Value == PointValue.Of(true) && configuration.Sampling.Occupancy.Any(o => o.CalibratePoint == command.Point);

    /// <summary>Waits until a calibration is done and its point off again; false when <paramref name="ending"/> comes first.</summary>
    private static async Task<bool> EndsAsync(DirectBoard direct, Command command, Task ending)
    {
        Console.Out.WriteLine("calibrating until the empty bay was quiet for long enough, or Ctrl-C");
        var point = direct.Plan.Find(command.Asset, command.Point)!.Index;
        while (direct.Board.Last(point) is not { Value: 0 })
        {
            if (await Task.WhenAny(ending, Task.Delay(CalibrationLook)) == ending)
            {
                await Console.Error.WriteLineAsync("ended before the calibration was done; the one before holds");
                return false;
            }
        }

        Console.Out.WriteLine("calibrated");
        return true;
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
}
