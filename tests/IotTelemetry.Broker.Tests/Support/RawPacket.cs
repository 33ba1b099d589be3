using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>A packet as it came from the broker.</summary>
internal sealed record RawPacket(MqttFixedHeader Header, byte[] Body, MqttProtocolVersion Version)
{
    public MqttPacketType Type => Header.Type;

    public MqttPublishPacket Publish => MqttPacketReader.ReadPublish(Header, Body, Version);

    public MqttAckPacket Ack => MqttPacketReader.ReadAck(Type, Body, Version);
}
