using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Codec;

/// <summary>Reads whatever packet a header announces and walks everything in it.</summary>
internal static class AnyPacket
{
    public static void Read(MqttFixedHeader header, ReadOnlyMemory<byte> body, MqttProtocolVersion version)
    {
        switch (header.Type)
        {
            case MqttPacketType.Connect:
                var connect = MqttPacketReader.ReadConnect(body);
                Walk(connect.Properties);
                Walk(connect.Will?.Properties ?? default);
                break;
            case MqttPacketType.ConnAck:
                Walk(MqttPacketReader.ReadConnAck(body, version).Properties);
                break;
            case MqttPacketType.Publish:
                Walk(MqttPacketReader.ReadPublish(header, body, version).Properties);
                break;
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                Walk(MqttPacketReader.ReadAck(header.Type, body, version).Properties);
                break;
            case MqttPacketType.Subscribe:
                Walk(MqttPacketReader.ReadSubscribe(body, version).Properties);
                break;
            case MqttPacketType.SubAck:
                Walk(MqttPacketReader.ReadSubAck(body, version).Properties);
                break;
            case MqttPacketType.Unsubscribe:
                Walk(MqttPacketReader.ReadUnsubscribe(body, version).Properties);
                break;
            case MqttPacketType.UnsubAck:
                Walk(MqttPacketReader.ReadUnsubAck(body, version).Properties);
                break;
            case MqttPacketType.Disconnect:
                Walk(MqttPacketReader.ReadDisconnect(body, version).Properties);
                break;
            case MqttPacketType.Auth:
                Walk(MqttPacketReader.ReadAuth(body).Properties);
                break;
        }
    }

    private static void Walk(MqttProperties properties)
    {
        foreach (var property in properties)
        {
            Assert.True(properties.Has(property.Id));
        }

        properties.GetUserProperties();
        properties.GetNumber(MqttPropertyId.TopicAlias);
        properties.GetString(MqttPropertyId.ReasonString);
    }
}
