using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Control;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>The agent as a service manager runs it.</summary>
public sealed class UnattendedTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private readonly Channel<string> _log = Channel.CreateUnbounded<string>();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Agent_without_its_broker_tells_the_manager_that_it_is_ready_lives_and_stops_with_every_reading_on_the_disk()
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        var device = Path.Combine(_directory.Path, "watchdog");
        await File.WriteAllBytesAsync(device, []);
        await File.WriteAllTextAsync(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "mqtt://127.0.0.1:1" },
              "board": { "kind": "simulated-car-park", "count": 10 },
              "health": { "intervalSeconds": 0 },
              "sampling": { "pollMs": 20 },
              "watchdog": { "device": "{{device}}" }
            }
            """);
        using var manager = new ServiceManager(Path.Combine(_directory.Path, "notify"));
        using var agent = Start(file, manager, watchdog: TimeSpan.FromSeconds(1));
        await manager.HearAsync("READY=1");
        Assert.Contains("not connected", await manager.HearAsync(), StringComparison.Ordinal);
        await manager.HearAsync("WATCHDOG=1");
        await manager.HearAsync("WATCHDOG=1");
        var points = await AskPointsAsync(file);
        Assert.Equal(20, points.Count);
        Assert.All(points, point => Assert.Equal(("good", true), (point.Quality, point.ReportedAtMs <= point.AtMs)));

        await SignalAsync(agent, "-TERM");
        await manager.HearAsync("STOPPING=1");
        await agent.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, agent.ExitCode);
        Assert.Equal((byte)'V', (await File.ReadAllBytesAsync(device))[^1]);
        var outbox = OutboxLoader.Load(ConfigurationFile.Load(file).Outbox.Directory, repair: false).ToStatus();
        Assert.NotEqual(0UL, outbox.ReadingsAppended);
        Assert.Equal(0UL, outbox.DroppedReadings);
    }

    [Fact]
    public async Task Points_are_listed_from_the_board_while_no_agent_runs()
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        await WriteAsync(file, "\"count\": 3");
        await using var board = await DirectBoard.OpenAsync(ConfigurationFile.Load(file), TimeProvider.System, CancellationToken.None);
        var lines = new PointList(board.Board, static _ => null, new AssumedClock(TimeProvider.System, ClockQuality.Unknown)).Lines().ToArray();
        Assert.Equal(6, lines.Length);
        Assert.All(lines, line => Assert.Equal(("good", null), (line.Quality, line.Reported)));
        Assert.Contains("starting or stopping", (await Assert.ThrowsAsync<IOException>(() => DirectBoard.OpenAsync(ConfigurationFile.Load(file), TimeProvider.System, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bay_is_calibrated_by_set_while_no_agent_runs_and_one_that_is_ended_too_soon_says_so()
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        await WriteAsync(file, "\"count\": 1", "\"sampling\": { \"pollMs\": 50, \"occupancy\": { \"taken\": { \"method\": \"distance\", \"from\": \"distance_mm\", \"change\": 3000, \"calibrationSeconds\": 1 } } },");
        var (status, said) = await SetAsync(file, "bay-001/taken_calibrate", "on");
        Assert.Equal((0, true), (status, said.Contains("\ncalibrated", StringComparison.Ordinal)));
        Assert.Contains("bay-001/taken", await File.ReadAllTextAsync(Path.Combine(_directory.Path, "state", "calibration.json")), StringComparison.Ordinal);
        Assert.Equal(1, (await SetAsync(file, "bay-001/taken_calibrate", "on", "--hold", "0")).Status);
    }

    [Fact]
    public async Task A_changed_file_is_taken_or_refused_as_a_whole_on_sighup_and_the_agent_runs_on()
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        using var manager = new ServiceManager(Path.Combine(_directory.Path, "notify"));
        await WriteAsync(file, "\"count\": 10");
        using var agent = Start(file, manager, watchdog: TimeSpan.FromSeconds(1));
        await manager.HearAsync("READY=1");

        await WriteAsync(file, "\"count\": 0");
        await HangUpAsync(agent, manager, "$.board.count: is 0; allowed: whole numbers 1 to 10000");
        await HearStatusAsync(manager, status => status.Contains("does not work: configuration", StringComparison.Ordinal));
        await WriteAsync(file, "\"count\": 10, \"seed\": 1");
        await HangUpAsync(agent, manager, "runs on simulated-car-park with 20 points");
        await HearStatusAsync(manager, status => !status.Contains("configuration", StringComparison.Ordinal));
        await HangUpAsync(agent, manager, "has not changed");
        await WriteAsync(file, "\"count\": 30", "\"sampling\": { \"pollMs\": 10 },");
        await HangUpAsync(agent, manager, "runs on simulated-car-park with 60 points");
        await WriteAsync(file, "\"count\": 30", "\"sampling\": { \"points\": { \"colour\": { } } },");
        await HangUpAsync(agent, manager, "is no point of simulated-car-park");

        // It is right, but the agent cannot start with it: the state directory cannot be made.
        await WriteAsync(file, "\"count\": 30", state: Path.Combine(file, "state"));
        await HangUpAsync(agent, manager, "could not start with the changed");
        await HearStatusAsync(manager, status => status.Contains("does not work: configuration", StringComparison.Ordinal));
        Assert.False(agent.HasExited);

        await SignalAsync(agent, "-TERM");
        await manager.HearAsync("STOPPING=1");
        await agent.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, agent.ExitCode);
    }

    [MosquittoFact]
    public async Task Authorities_that_were_replaced_are_taken_on_sighup()
    {
        using var right = new TestCertificates();
        using var wrong = new TestCertificates();
        right.WriteClientTo(_directory.Path);
        var authorities = Path.Combine(_directory.Path, "ca.pem");
        await File.WriteAllTextAsync(authorities, wrong.Authority.ExportCertificatePem());
        await using var broker = await MosquittoBroker.StartAsync(certificates: right);
        var file = Path.Combine(_directory.Path, "edge.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": {
                "endpoint": "mqtts://127.0.0.1:{{broker.TlsPort}}",
                "tls": { "authorities": "ca.pem", "certificate": "client.pem", "key": "client.key" }
              },
              "health": { "intervalSeconds": 0 },
              "board": { "kind": "simulated-car-park", "count": 10 }
            }
            """);
        using var manager = new ServiceManager(Path.Combine(_directory.Path, "notify"));
        using var agent = Start(file, manager, watchdog: TimeSpan.FromSeconds(60));
        await manager.HearAsync("READY=1");
        await HearLogAsync(" See that mqtt.tls.authorities has the root of the broker's certificate");

        await HangUpAsync(agent, manager, "has not changed");
        await File.WriteAllTextAsync(authorities, right.Authority.ExportCertificatePem());
        await HangUpAsync(agent, manager, "has changed and is right");
        await HearLogAsync("Connected to the broker");

        await SignalAsync(agent, "-TERM");
        await agent.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, agent.ExitCode);
    }

    private async Task HangUpAsync(Process agent, ServiceManager manager, string expected)
    {
        await SignalAsync(agent, "-HUP");
        await manager.HearAsync("RELOADING=1\nMONOTONIC_USEC=");
        await manager.HearAsync("READY=1");
        await HearLogAsync(expected);
    }

    private async Task HearLogAsync(string expected)
    {
        while (!(await _log.Reader.ReadAsync().AsTask().WaitAsync(Patience)).Contains(expected, StringComparison.Ordinal))
        {
            // Earlier lines.
        }
    }

    [Fact]
    public async Task Outputs_keep_their_values_when_a_reload_leaves_the_board_as_it_was_and_only_then()
    {
        const string Output = "load-01/state";
        var file = Path.Combine(_directory.Path, "edge.json");
        using var manager = new ServiceManager(Path.Combine(_directory.Path, "notify"));
        await WriteAsync(file, "\"count\": 2", kind: "simulated-feeder");
        using var agent = Start(file, manager, watchdog: TimeSpan.FromSeconds(1));
        await manager.HearAsync("READY=1");
        await SeeAsync(1);
        var results = new List<string>();
        var off = new ControlRequest { Verb = LocalSwitch.Verb, Point = Output, Value = JsonElement.Parse("false") };
        Assert.True(await ControlClient.AskAsync(EdgeConfiguration.ControlSocket(ConfigurationFile.Load(file).StateDirectory), off, results.Add, CancellationToken.None));
        Assert.Contains("executed", results[^1], StringComparison.Ordinal);
        await SeeAsync(0);

        await WriteAsync(file, "\"count\": 2", "\"sampling\": { \"pollMs\": 20 },", kind: "simulated-feeder");
        await HangUpAsync(agent, manager, "runs on simulated-feeder with 11 points");
        await SeeAsync(0);

        // Another board: outputs begin anew.
        await WriteAsync(file, "\"count\": 3", kind: "simulated-feeder");
        await HangUpAsync(agent, manager, "runs on simulated-feeder with 14 points");
        await SeeAsync(1);
        await SignalAsync(agent, "-TERM");
        await agent.WaitForExitAsync().WaitAsync(Patience);

        async Task SeeAsync(double value)
        {
            using var giveUp = new CancellationTokenSource(Patience);
            while ((await AskPointsAsync(file)).Single(p => p.Point == Output).Value is not { } seen || seen != value)
            {
                await Task.Delay(20, giveUp.Token);
            }
        }
    }

    private static async Task HearStatusAsync(ServiceManager manager, Func<string, bool> isWanted)
    {
        var heard = Stopwatch.StartNew();
        while (!isWanted(await manager.HearAsync("STATUS=")))
        {
            Assert.True(heard.Elapsed < Patience, "the status never said so");
        }
    }

    private static async Task<List<PointLine>> AskPointsAsync(string file)
    {
        var lines = new List<PointLine>();
        var socket = EdgeConfiguration.ControlSocket(ConfigurationFile.Load(file).StateDirectory);
        Assert.True(await ControlClient.AskAsync(
            socket, new ControlRequest { Verb = PointList.Verb }, line => lines.Add(JsonSerializer.Deserialize(line, ControlJson.Default.PointLine)!), CancellationToken.None));
        return lines;
    }

    private static Task WriteAsync(string file, string board, string more = "", string state = "state", string kind = "simulated-car-park") => File.WriteAllTextAsync(file, $$"""
        {
          "site": "station", "gateway": "gw-1", "state": "{{state}}",
          "mqtt": { "endpoint": "mqtt://127.0.0.1:1" }, {{more}}
          "health": { "intervalSeconds": 0 },
          "board": { "kind": "{{kind}}", {{board}} }
        }
        """);

    private static async Task<(int Status, string Said)> SetAsync(string file, params string[] words)
    {
        using var set = Process.Start(new ProcessStartInfo("dotnet", [typeof(EdgeAgent).Assembly.Location, "set", .. words, "--config", file]) { RedirectStandardOutput = true })!;
        var said = await set.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await set.WaitForExitAsync().WaitAsync(Patience);
        return (set.ExitCode, said);
    }

    private static async Task SignalAsync(Process agent, string signal)
    {
        using var kill = Process.Start("kill", [signal, agent.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private Process Start(string file, ServiceManager manager, TimeSpan watchdog)
    {
        // Without a terminal SIGHUP may be ignored, and children inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=HUP", "dotnet", typeof(EdgeAgent).Assembly.Location, "run", file]) { RedirectStandardError = true };
        start.Environment["NOTIFY_SOCKET"] = manager.Address;
        start.Environment["WATCHDOG_USEC"] = watchdog.TotalMicroseconds.ToString(CultureInfo.InvariantCulture);
        var agent = Process.Start(start)!;
        agent.ErrorDataReceived += (_, line) => _log.Writer.TryWrite(line.Data ?? "");
        agent.BeginErrorReadLine();
        return agent;
    }
}
