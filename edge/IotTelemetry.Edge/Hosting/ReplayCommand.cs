using IotTelemetry.Edge.Hosting.Verbs;
using IotTelemetry.Edge.Replay;

namespace IotTelemetry.Edge.Hosting;

/// <summary><c>iot-edge --replay</c>.</summary>
internal static class ReplayCommand
{
    private static readonly VerbOption File = Required("--replay", "FILE", "Send a file's rows as readings; ends when the cloud has confirmed them all");
    private static readonly VerbOption Format = Required("--format", "FORMAT", "What the file is") with { Allowed = ReplayFormats.Names };
    private static readonly VerbOption Site = Required("--site", "SITE", "The site that the readings belong to");
    private static readonly VerbOption Gateway = Required("--gateway", "GATEWAY", "The gateway that sends them");
    private static readonly VerbOption Mqtt = Required("--mqtt", "URL", "The broker, such as mqtt://127.0.0.1:1883");
    private static readonly VerbOption State = Required("--state", "DIR", "The directory for the outbox");
    private static readonly VerbOption TimeZone = new("--time-zone", "The time zone of household-power's local times, such as Europe/Paris; the file names none") { ValueName = "ZONE", Default = "UTC" };

    public static Verb Verb { get; } = new()
    {
        Name = "",
        Description = "Replay a file",
        Options = [File, Format, Site, Gateway, Mqtt, State, TimeZone, Logging.File],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(VerbInput input)
    {
        using var logs = Logging.Create(input.Text(Logging.File));
        using var signals = new StopSignals();
        return await GuardedRun.RunAsync(logs, async () =>
        {
            var request = new ReplayRequest(
                input.RequiredText(File),
                input.RequiredText(Format),
                input.RequiredText(Site),
                input.RequiredText(Gateway),
                input.RequiredText(Mqtt),
                input.RequiredText(State),
                input.RequiredText(TimeZone));
            var summary = await new ReplayRun(request, TimeProvider.System, logs).RunAsync(signals.Stopping);
            Console.Out.WriteLine(summary.ToString());
            return summary.Confirmed ? 0 : 1;
        });
    }

    private static VerbOption Required(string name, string value, string description) => new(name, description) { ValueName = value, IsRequired = true };
}
