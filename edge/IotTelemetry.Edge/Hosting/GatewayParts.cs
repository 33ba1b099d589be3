using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Hardware;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Hosting;

/// <summary>What a gateway is made of, whether its readings come from a board or from a file.</summary>
internal sealed record GatewayParts
{
    public required GatewayId Gateway { get; init; }

    /// <summary>The board's or the replayed format's name, for the birth.</summary>
    public required string Board { get; init; }

    public required IReadOnlyList<BoardAsset> Assets { get; init; }

    public required IReadOnlyList<BoardPoint> Points { get; init; }

    /// <summary>One rule per point.</summary>
    public required IReadOnlyList<PointRule> Rules { get; init; }

    public required string StateDirectory { get; init; }

    public required MqttClientOptions Mqtt { get; init; }

    /// <summary>The first connection is made at a random moment within so long.</summary>
    public TimeSpan FirstConnectWithin { get; init; }

    public FramingOptions Framing { get; init; } = new();

    public required OutboxOptions Outbox { get; init; }

    public UplinkOptions Uplink { get; init; } = new();

    /// <summary>What is known of the time.</summary>
    public required IGatewayClock Clock { get; init; }

    /// <summary>What does not work, for the status.</summary>
    public required FaultBook Faults { get; init; }
}
