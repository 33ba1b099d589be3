using IotTelemetry.Edge.Hosting.Verbs;
using IotTelemetry.Edge.Supervision;

namespace IotTelemetry.Edge.Hosting;

/// <summary><c>iot-edge run</c>.</summary>
internal static class RunCommand
{
    private static readonly VerbArgument Config = new("CONFIG", "The configuration file (JSON, comments allowed)");
    private static readonly VerbOption Drain = new("--drain-on-stop", "When stopped, wait up to so many seconds until the cloud has confirmed everything") { ValueName = "SECONDS", IsNumber = true };

    public static Verb Verb { get; } = new()
    {
        Name = "run",
        Description = "Run the agent until SIGTERM or Ctrl-C; SIGHUP takes a changed file",
        Arguments = [Config],
        Options = [Drain, Logging.File],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(VerbInput input)
    {
        using var logs = Logging.Create(input.Text(Logging.File));
        using var signals = new StopSignals();
        return await GuardedRun.RunAsync(logs, async () =>
        {
            using var service = ServiceNotifier.FromEnvironment(logs.CreateLogger("Agent"));
            using var run = new AgentRun(input[Config], service, TimeProvider.System, logs);
            await run.RunAsync(TimeSpan.FromSeconds(input.Number(Drain) ?? 0), signals.Stopping);
            return 0;
        });
    }
}
