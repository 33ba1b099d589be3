using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Peers;

/// <summary>A packet a scripted peer has received.</summary>
internal sealed record ReceivedPacket(MqttFixedHeader Header, byte[] Body, MqttProtocolVersion Version)
{
    public MqttPacketType Type => Header.Type;

    public MqttPublishPacket AsPublish() => MqttPacketReader.ReadPublish(Header, Body, Version);
}
