using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Everything the agent is told by its configuration file, checked.</summary>
internal sealed record EdgeConfiguration
{
    public required GatewayId Gateway { get; init; }

    /// <summary>Where everything that must survive a restart lies.</summary>
    public required string StateDirectory { get; init; }

    public required MqttClientOptions Mqtt { get; init; }

    public required BoardConfiguration Board { get; init; }

    /// <summary>The rule of points that have none of their own.</summary>
    public required PointRule DefaultRule { get; init; }

    /// <summary>Rules by the name of the point.</summary>
    public required IReadOnlyDictionary<string, PointRule> Rules { get; init; }

    public required FramingOptions Framing { get; init; }

    public required OutboxOptions Outbox { get; init; }

    public required UplinkOptions Uplink { get; init; }

    public static string OutboxDirectory(string stateDirectory) => Path.Combine(stateDirectory, "outbox");
}
