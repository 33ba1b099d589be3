using System.Buffers;
using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>Turns messages into PUBLISH packets with reused scratch memory. Not thread-safe; what it returns is valid until its next call.</summary>
internal sealed class PublishEncoder(MqttProtocolVersion version)
{
    private readonly MqttPropertyBuilder _properties = new();
    private byte[] _topic = new byte[256];

    /// <summary>The packet of a message, without a topic alias.</summary>
    /// <param name="message">The message, already checked.</param>
    /// <param name="packetId">The packet identifier, 0 for QoS 0.</param>
    /// <param name="remaining">What is left of the message's life, or null.</param>
    public MqttPublishPacket Prepare(in MqttMessage message, ushort packetId, TimeSpan? remaining) => new()
    {
        Topic = EncodeTopic(message),
        Payload = message.Payload,
        Properties = EncodeProperties(message, remaining),
        PacketId = packetId,
        QualityOfService = message.QualityOfService,
        Retain = message.Retain,
    };

    /// <summary>Writes a prepared packet, its topic replaced by an alias where there is one.</summary>
    public void Write(IBufferWriter<byte> output, in MqttPublishPacket packet, TopicAliasSender aliases)
    {
        if (!aliases.IsEnabled || !aliases.TryGet(packet.Topic.Span, out var alias, out var isNew))
        {
            MqttPacketWriter.WritePublish(output, packet, version);
            return;
        }

        if (packet.Properties.IsEmpty)
        {
            _properties.Clear();
        }

        var aliased = packet with
        {
            Topic = isNew ? packet.Topic : default,
            Properties = _properties.Add(MqttPropertyId.TopicAlias, alias).Build(),
        };
        MqttPacketWriter.WritePublish(output, aliased, version);
    }

    private ReadOnlyMemory<byte> EncodeTopic(in MqttMessage message)
    {
        if (message.TopicUtf8.Length > 0)
        {
            return message.TopicUtf8;
        }

        var topic = message.Topic!;
        var maximum = Encoding.UTF8.GetMaxByteCount(topic.Length);
        if (_topic.Length < maximum)
        {
            _topic = new byte[maximum];
        }

        return _topic.AsMemory(0, Encoding.UTF8.GetBytes(topic, _topic));
    }

    private MqttProperties EncodeProperties(in MqttMessage message, TimeSpan? remaining)
    {
        if (version == MqttProtocolVersion.V311
            || (!message.PayloadIsUtf8 && remaining is null && message.ResponseTopic is null && message.CorrelationData.IsEmpty
                && message.ContentType is null && message.UserProperties is null))
        {
            return default;
        }

        MqttMessageProperties.Write(_properties.Clear(), message, remaining);
        return _properties.Build();
    }
}
