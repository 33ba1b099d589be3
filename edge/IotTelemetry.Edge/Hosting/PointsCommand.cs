using System.Globalization;
using System.Text.Json;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Control;
using IotTelemetry.Edge.Hosting.Verbs;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware.Linux;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Hosting;

/// <summary><c>iot-edge points</c>: what the running agent sees and has reported, or, when none runs, what the board shows.</summary>
internal static class PointsCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly VerbArgument Config = new("CONFIG", "The configuration file");
    private static readonly VerbOption Json = new("--json", "Print a line of JSON for each point");
    private static readonly VerbOption Watch = new("--watch", "Again each second, until Ctrl-C");

    public static Verb Verb { get; } = new()
    {
        Name = "points",
        Description = "Show every point with its live value, and what was last worth reporting; by the running agent, or from the board when none runs (then outputs go to their safe values)",
        Arguments = [Config],
        Options = [Json, Watch],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(VerbInput input)
    {
        using var signals = new StopSignals();
        try
        {
            var print = input.Has(Json) ? (Action<IReadOnlyList<PointLine>>)PrintJson : PrintTable;
            await RunAsync(ConfigurationFile.Load(input[Config], opensCertificates: false), input.Has(Watch), print, signals.Stopping);
            return 0;
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or LinuxException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(EdgeConfiguration configuration, bool watch, Action<IReadOnlyList<PointLine>> print, CancellationToken stopping)
    {
        if (await AskAgentAsync(configuration, stopping) is { } lines)
        {
            print(lines);
            while (watch && await WaitAsync(stopping) && await AskAgentAsync(configuration, stopping) is { } later)
            {
                print(later);
            }

            return;
        }

        await using var direct = await DirectBoard.OpenAsync(configuration, TimeProvider.System, stopping);
        var list = new PointList(direct.Board, static _ => null, new AssumedClock(TimeProvider.System, ClockQuality.Unknown));
        do
        {
            print([.. list.Lines()]);
        }
        while (watch && await WaitAsync(stopping));
    }

    /// <summary>Null when no agent runs.</summary>
    private static async Task<IReadOnlyList<PointLine>?> AskAgentAsync(EdgeConfiguration configuration, CancellationToken stopping)
    {
        var lines = new List<PointLine>();
        var socket = EdgeConfiguration.ControlSocket(configuration.StateDirectory);
        return await ControlClient.AskAsync(socket, new ControlRequest { Verb = PointList.Verb }, line => lines.Add(JsonSerializer.Deserialize(line, ControlJson.Default.PointLine)!), stopping) ? lines : null;
    }

    private static async Task<bool> WaitAsync(CancellationToken stopping)
    {
        await Task.Delay(Look, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    private static void PrintJson(IReadOnlyList<PointLine> lines)
    {
        foreach (var line in lines)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(line, ControlJson.Default.PointLine));
        }
    }

    private static void PrintTable(IReadOnlyList<PointLine> lines)
    {
        var width = lines.Max(static line => line.Point.Length);
        Console.Out.WriteLine($"{"POINT".PadRight(width)}  {"VALUE",14} {"UNIT",-6} {"QUALITY",-9} {"AT",-12}  {"REPORTED",14} {"AT",-12}");
        foreach (var line in lines)
        {
            Console.Out.WriteLine(
                $"{line.Point.PadRight(width)}  {Number(line.Value),14} {line.Unit ?? "",-6} {line.Quality ?? "none yet",-9} {Time(line.AtMs),-12}  {Number(line.Reported),14} {Time(line.ReportedAtMs),-12}{(line.Settable ? " settable" : "")}");
        }
    }

    private static string Number(double? value) => value?.ToString("G9", CultureInfo.InvariantCulture) ?? "-";

    private static string Time(long? ms) => ms is { } given ? DateTimeOffset.FromUnixTimeMilliseconds(given).ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) : "-";
}
