using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Control;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Edge.Tls;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The agent on its board: samples until it is told to stop, then puts everything on the disk and, if wanted, waits until the cloud has it.</summary>
internal sealed class EdgeAgent(EdgeConfiguration configuration, IBoard hardware, ServiceNotifier service, TimeProvider time, ILoggerFactory logs)
{
    /// <summary>How long the results of the last commands may take to be acknowledged.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = logs.CreateLogger("Agent");
    private volatile FaultBook? _faults;
    private volatile string? _refused;

    /// <summary>Whether it came so far as to sample and to send.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Says in the status why the file as it is now was refused, which this agent should run on; null when it was not. Thread-safe.</summary>
    public void SayRefused(string? mistakes)
    {
        _refused = mistakes;
        _faults?.Say("configuration", mistakes);
    }

    /// <summary>Runs until <paramref name="stopping"/> is cancelled, and disposes of the board.</summary>
    /// <param name="drainOnStop">Asked at the end: how long to wait for the cloud's confirmation of everything; zero leaves the rest in the outbox.</param>
    /// <param name="stopping">Stops the agent in order.</param>
    public async Task RunAsync(Func<TimeSpan> drainOnStop, CancellationToken stopping)
    {
        await using var owned = hardware;
        var clockFile = new ClockFile(EdgeConfiguration.ClockFile(configuration.StateDirectory));
        await using var clock = new GatewayClock(time, new KernelTimekeeping(), clockFile, configuration.Clock, logs.CreateLogger("Clock"));
        await using var sampling = SamplingPlan.Make(new SteadyBoard(hardware, time, clock.Steady), configuration, clock.Steady, logs);
        var switching = SwitchPlan.Create(configuration, sampling.Board.Assets, sampling.Board.Points);
        await using var board = new LiveBoard(sampling.Board, clock.Steady, switching.OwnPoints, sampling.Rules);
        PointRule[] rules = [.. sampling.Rules, .. switching.OwnPoints.Select(p => configuration.Sampling.RuleOf(p.Name))];
        var faults = new FaultBook(clock);
        _faults = faults;
        SayRefused(_refused);
        await using var gateway = new GatewayRuntime(
            new GatewayParts
            {
                Gateway = configuration.Gateway,
                Board = board.Name,
                Assets = board.Assets,
                Points = board.Points,
                Rules = rules,
                StateDirectory = configuration.StateDirectory,
                Mqtt = configuration.Mqtt with { Tls = (configuration.Tls ?? new TlsFiles()).ToOptions(logs.CreateLogger("Tls"), time) },
                FirstConnectWithin = HostBoot.IsRecent ? configuration.Mqtt.Reconnect.InitialDelay : TimeSpan.Zero,
                Framing = configuration.Framing,
                Outbox = configuration.Outbox,
                Uplink = configuration.Uplink,
                Clock = clock,
                Faults = faults,
            },
            time,
            Random.Shared,
            logs);
        if (sampling.Health is { } health)
        {
            health.Gateway = gateway.Condition;
        }

        AgentLog.Started(_log, configuration.Gateway.ToString(), board.Name, board.Points.Count, gateway.Outbox.CurrentEpoch, configuration.Mqtt.Endpoint.ToString());
        var sampler = new Sampler(board, rules, gateway.Frames, clock.Steady, Random.Shared, logs.CreateLogger("Sampling"), gateway.Liveness);
        await using var control = new GatewayControl(configuration.StateDirectory, switching, board, clock, faults, gateway.Liveness, time, logs);
        control.LockoutsChanged += gateway.SayStatus;
        control.UplinkChanged += clock.OnUplink;
        clock.Start(gateway.Liveness.Add("clock"));
        await control.StartAsync(gateway.Tell, () => gateway.Condition().OutboxFrames > 0);
        gateway.Start(control);
        var verbs = new Dictionary<string, ControlVerb> { [LocalSwitch.Verb] = control.Local.AnswerAsync, [PointList.Verb] = new PointList(board, sampler.LastReported, clock).AnswerAsync };
        await using var door = new ControlServer(EdgeConfiguration.ControlSocket(configuration.StateDirectory), verbs, logs.CreateLogger("Control"));
        door.Start();
        HasStarted = true;
        service.Ready();
        var watch = new FaultWatch(faults, board, clock, gateway.Condition, time);
        await using var caretaker = Caretaker.Start(gateway.Liveness, service, configuration.Watchdog, () => gateway.Describe(watch), faults, time, _log);
        await SampleAsync(sampler, gateway, control, stopping);

        // Outputs go to their safe values now: nobody watches their feedback while the rest is sent.
        await board.DisposeAsync();
        gateway.Frames.Seal();
        using var lastWords = new CancellationTokenSource(LastWords, time);
        await gateway.DeliverResultsAsync(lastWords.Token);
        var drained = false;
        if (drainOnStop() is var patience && patience > TimeSpan.Zero)
        {
            using var giveUp = new CancellationTokenSource(patience, time);
            drained = await gateway.DrainAsync(giveUp.Token);
        }

        await caretaker.LeaveAsync();
        AgentLog.Stopped(_log, gateway.Frames.ReadingsTaken, gateway.Outbox.Status().Depth, drained);
    }

    private static async Task SampleAsync(Sampler sampler, GatewayRuntime gateway, GatewayControl control, CancellationToken stopping)
    {
        using var ending = new CancellationTokenSource();
        var sampling = sampler.RunAsync(ending.Token);
        var stopped = Task.Delay(Timeout.Infinite, stopping);
        var first = await Task.WhenAny(sampling, gateway.Sending, stopped);

        // Before the sampling ends, so that the last commands still see what comes of them.
        await control.StopAsync();
        await ending.CancelAsync();
        await sampling;
        if (first == gateway.Sending)
        {
            // Only an error ends the uplink before the agent: it is thrown here, with all readings sealed by then.
            gateway.Frames.Seal();
            await gateway.Sending;
        }
    }
}
