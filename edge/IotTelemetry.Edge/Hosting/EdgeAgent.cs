using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Edge.Supervision;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>The agent on its board: samples until it is told to stop, then puts everything on the disk and, if wanted, waits until the cloud has it.</summary>
internal sealed class EdgeAgent(EdgeConfiguration configuration, ServiceNotifier service, TimeProvider time, ILoggerFactory logs)
{
    private readonly ILogger _log = logs.CreateLogger("Agent");

    /// <summary>Runs until <paramref name="stopping"/> is cancelled.</summary>
    /// <param name="drainOnStop">How long to wait for the cloud's confirmation of everything at the end; zero leaves the rest in the outbox.</param>
    /// <param name="stopping">Stops the agent in order.</param>
    public async Task RunAsync(TimeSpan drainOnStop, CancellationToken stopping)
    {
        await using var plan = SamplingPlan.Make(BoardFactory.Create(configuration.Board, time, logs), configuration);
        var (board, rules) = (plan.Board, plan.Rules);
        await using var gateway = new GatewayRuntime(
            new GatewayParts
            {
                Gateway = configuration.Gateway,
                Board = board.Name,
                Assets = board.Assets,
                Points = board.Points,
                Rules = rules,
                StateDirectory = configuration.StateDirectory,
                Mqtt = configuration.Mqtt,
                Framing = configuration.Framing,
                Outbox = configuration.Outbox,
                Uplink = configuration.Uplink,
            },
            time,
            Random.Shared,
            logs);
        AgentLog.Started(_log, configuration.Gateway.ToString(), board.Name, board.Points.Count, gateway.Outbox.CurrentEpoch, configuration.Mqtt.Endpoint.ToString());
        var sampler = new Sampler(board, rules, gateway.Frames, time, Random.Shared, logs.CreateLogger("Sampling"), gateway.Liveness);
        using var journal = OpenJournal();
        gateway.Start(new CommandHandler(board, sampler.LastValue, journal, time, logs.CreateLogger("Commands")).Handle);
        service.Ready();
        await using var caretaker = Caretaker.Start(gateway.Liveness, service, configuration.Watchdog, gateway.Describe, time, _log);
        using var told = stopping.Register(service.Stopping);
        await SampleAsync(sampler, gateway, stopping);

        // Outputs go to their safe values now: nobody watches their feedback while the rest is sent.
        await board.DisposeAsync();
        gateway.Frames.Seal();
        var drained = false;
        if (drainOnStop > TimeSpan.Zero)
        {
            using var giveUp = new CancellationTokenSource(drainOnStop, time);
            drained = await gateway.DrainAsync(giveUp.Token);
        }

        await caretaker.LeaveAsync();
        AgentLog.Stopped(_log, gateway.Frames.ReadingsTaken, gateway.Outbox.Status().Depth, drained);
    }

    private CommandJournal OpenJournal()
    {
        var path = Path.Combine(configuration.StateDirectory, "commands.jsonl");
        var journal = new CommandJournal(path);
        if (journal.Unreadable > 0)
        {
            CommandLog.JournalDamaged(logs.CreateLogger("Commands"), journal.Unreadable, path);
        }

        return journal;
    }

    private static async Task SampleAsync(Sampler sampler, GatewayRuntime gateway, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var sampling = sampler.RunAsync(ending.Token);
        var first = await Task.WhenAny(sampling, gateway.Sending);
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
