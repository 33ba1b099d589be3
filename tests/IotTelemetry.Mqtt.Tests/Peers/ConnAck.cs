using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Peers;

/// <summary>The CONNACK of a scripted server.</summary>
internal sealed record ConnAck(bool SessionPresent = false, MqttReasonCode Reason = MqttReasonCode.Success)
{
    public Action<MqttPropertyBuilder>? Properties { get; init; }
}
