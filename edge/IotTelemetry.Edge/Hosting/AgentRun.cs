using System.Runtime.InteropServices;
using System.Threading.Channels;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Hardware.Linux;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>
/// Runs the agent of a configuration file and, on SIGHUP, of the changed file: taken as a whole, or refused as a whole with the reason while the old one runs on. Where the section <c>board</c> stays as it is,
/// outputs keep their values; a changed one lets them pass through their safe values.
/// </summary>
internal sealed class AgentRun(string file, ServiceNotifier service, TimeProvider time, ILoggerFactory logs) : IDisposable
{
    private readonly ILogger _log = logs.CreateLogger("Agent");
    private readonly Channel<bool> _hangups = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Runs until <paramref name="stopping"/> is cancelled.</summary>
    /// <param name="drainOnStop">How long to wait for the cloud's confirmation of everything at the end; zero leaves the rest in the outbox.</param>
    /// <param name="stopping">Stops the agent in order.</param>
    /// <exception cref="ConfigurationException">The file has mistakes.</exception>
    public async Task RunAsync(TimeSpan drainOnStop, CancellationToken stopping)
    {
        using var told = stopping.Register(service.Stopping);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _hangups.Writer.TryWrite(true);
        });
        var configuration = ConfigurationFile.Load(file);
        EdgeConfiguration? earlier = null;
        KeptBoard? board = null;
        string? refused = null;
        while (true)
        {
            board = board is { Keep: true } ? board : new KeptBoard(BoardFactory.Create(configuration.Board, time, logs));
            board.Keep = false;
            using var round = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var agent = new EdgeAgent(configuration, board, service, time, logs);
            agent.SayRefused(refused);
            refused = null;
            var running = agent.RunAsync(() => stopping.IsCancellationRequested ? drainOnStop : TimeSpan.Zero, round.Token);
            var next = await ChangeAsync(configuration, agent, running, stopping);
            if (next is not null)
            {
                board.Keep = next.BoardText == configuration.BoardText;
                await round.CancelAsync();
            }

            try
            {
                await running;
            }
            catch (Exception exception) when (!agent.HasStarted && earlier is not null)
            {
                AgentLog.ChangeFailed(_log, file, exception);
                refused = exception.Message;
                (next, earlier) = (earlier, null);
            }

            if (next is null)
            {
                return;
            }

            (earlier, configuration) = (configuration, next);
        }
    }

    public void Dispose() => _hangups.Writer.TryComplete();

    /// <summary>The next configuration that is right, or null when the agent has ended or is told to stop.</summary>
    private async Task<EdgeConfiguration?> ChangeAsync(EdgeConfiguration present, EdgeAgent agent, Task running, CancellationToken stopping)
    {
        while (true)
        {
            var hangup = _hangups.Reader.ReadAsync(stopping).AsTask();
            if (await Task.WhenAny(running, hangup) == running || stopping.IsCancellationRequested)
            {
                return null;
            }

            service.Reloading();
            if (await TryLoadAsync(agent) is { } next)
            {
                if (next.Text != present.Text)
                {
                    AgentLog.Changed(_log, file);
                    return next;
                }

                AgentLog.Unchanged(_log, file);
                agent.SayRefused(null);
            }

            service.Ready();
        }
    }

    private async Task<EdgeConfiguration?> TryLoadAsync(EdgeAgent agent)
    {
        try
        {
            var next = ConfigurationFile.Load(file);
            await ConfigurationCheck.FitAsync(next);
            return next;
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or LinuxException)
        {
            AgentLog.ChangeRefused(_log, exception.Message);
            agent.SayRefused(exception.Message);
            return null;
        }
    }
}
