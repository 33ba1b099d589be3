using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Tls;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Everything the agent is told by its configuration file, checked.</summary>
internal sealed record EdgeConfiguration
{
    /// <summary>The file it was read from, for messages.</summary>
    public required string File { get; init; }

    /// <summary>Where each value was given, for messages.</summary>
    public required ConfigurationPlaces Places { get; init; }

    /// <summary>Everything it says, as JSON with the environment's part, and the certificates it names: two configurations of which it is the same say the same.</summary>
    public required string Text { get; init; }

    /// <summary>All that the board is made from: two configurations of which it is the same have the same board.</summary>
    public required string BoardText { get; init; }

    public required GatewayId Gateway { get; init; }

    /// <summary>Where everything that must survive a restart lies.</summary>
    public required string StateDirectory { get; init; }

    public required MqttClientOptions Mqtt { get; init; }

    /// <summary>Whom to trust on the way to the broker, and who to be; null for the machine's authorities and nobody, or when the files were not opened.</summary>
    public TlsFiles? Tls { get; init; }

    public required BoardConfiguration Board { get; init; }

    public required SamplingConfiguration Sampling { get; init; }

    /// <summary>How often the gateway's own health is read; null for never.</summary>
    public required TimeSpan? HealthInterval { get; init; }

    public required FramingOptions Framing { get; init; }

    public required OutboxOptions Outbox { get; init; }

    public required UplinkOptions Uplink { get; init; }

    /// <summary>The machine's watchdog timer; null when the agent does not feed it.</summary>
    public WatchdogOptions? Watchdog { get; init; }

    /// <summary>How settable points may be switched.</summary>
    public SwitchingOptions Switching { get; init; } = new();

    /// <summary>What is known of the machine's clock.</summary>
    public ClockOptions Clock { get; init; } = new();

    public static string ClockFile(string stateDirectory) => Path.Combine(stateDirectory, "clock.json");

    public static string JournalFile(string stateDirectory) => Path.Combine(stateDirectory, "commands.jsonl");

    public static string LockoutFile(string stateDirectory) => Path.Combine(stateDirectory, "lockouts.json");

    public static string ControlSocket(string stateDirectory) => Path.Combine(stateDirectory, "control.sock");

    public static string OutboxDirectory(string stateDirectory) => Path.Combine(stateDirectory, "outbox");
}
