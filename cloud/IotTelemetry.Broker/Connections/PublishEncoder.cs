using System.Buffers.Binary;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <summary>
/// Writes PUBLISH to a subscriber straight from the publisher's bytes (MQTT 5.0 section 3.3): the properties that travel with the message are copied as they
/// came, those of this hop are put before them.
/// </summary>
internal ref struct PublishEncoder
{
    private const int AliasSize = 3;
    private const int ExpirySize = 5;

    private readonly bool _isV5;
    private int _hopProperties;
    private int _body;

    public PublishEncoder(MqttProtocolVersion version) => _isV5 = version == MqttProtocolVersion.V500;

    public ReadOnlySpan<byte> Topic;
    public ReadOnlySpan<byte> Properties;
    public ReadOnlySpan<byte> Payload;
    public ReadOnlySpan<uint> Identifiers;
    public MqttQualityOfService QualityOfService;
    public ushort PacketId;
    public bool Duplicate;
    public bool Retain;

    /// <summary>The alias that goes with the packet; 0 for none. With an empty topic it stands for one the client knows.</summary>
    public ushort Alias;

    /// <summary>Seconds left, if the message expires.</summary>
    public uint? ExpirySeconds;

    /// <summary>Computes the size of the whole packet; call before <see cref="Write"/>.</summary>
    public long Measure()
    {
        var body = 2L + Topic.Length + Payload.Length + (QualityOfService == MqttQualityOfService.AtMostOnce ? 0 : 2);
        if (_isV5)
        {
            _hopProperties = (Alias == 0 ? 0 : AliasSize) + (ExpirySeconds is null ? 0 : ExpirySize);
            foreach (var identifier in Identifiers)
            {
                _hopProperties += 1 + LengthOf(identifier);
            }

            var properties = _hopProperties + Properties.Length;
            body += properties + LengthOf((uint)properties);
        }

        _body = (int)Math.Min(body, int.MaxValue);
        return 1 + LengthOf((uint)_body) + body;
    }

    /// <summary>Writes the packet into memory of at least the measured size and returns that size.</summary>
    public readonly int Write(Span<byte> target)
    {
        target[0] = (byte)(((int)MqttPacketType.Publish << 4) | (Duplicate ? 0x08 : 0) | ((int)QualityOfService << 1) | (Retain ? 0x01 : 0));
        var at = 1 + WriteInteger(target[1..], (uint)_body);
        BinaryPrimitives.WriteUInt16BigEndian(target[at..], (ushort)Topic.Length);
        Topic.CopyTo(target[(at + 2)..]);
        at += 2 + Topic.Length;
        if (QualityOfService != MqttQualityOfService.AtMostOnce)
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[at..], PacketId);
            at += 2;
        }

        if (_isV5)
        {
            at += WriteProperties(target[at..]);
        }

        Payload.CopyTo(target[at..]);
        return at + Payload.Length;
    }

    private readonly int WriteProperties(Span<byte> target)
    {
        var at = WriteInteger(target, (uint)(_hopProperties + Properties.Length));
        if (Alias != 0)
        {
            target[at] = (byte)MqttPropertyId.TopicAlias;
            BinaryPrimitives.WriteUInt16BigEndian(target[(at + 1)..], Alias);
            at += AliasSize;
        }

        if (ExpirySeconds is { } seconds)
        {
            target[at] = (byte)MqttPropertyId.MessageExpiryInterval;
            BinaryPrimitives.WriteUInt32BigEndian(target[(at + 1)..], seconds);
            at += ExpirySize;
        }

        foreach (var identifier in Identifiers)
        {
            target[at++] = (byte)MqttPropertyId.SubscriptionIdentifier;
            at += WriteInteger(target[at..], identifier);
        }

        Properties.CopyTo(target[at..]);
        return at + Properties.Length;
    }

    private static int LengthOf(uint value) => value switch
    {
        < 1 << 7 => 1,
        < 1 << 14 => 2,
        < 1 << 21 => 3,
        _ => 4,
    };

    // The variable byte integer of section 1.5.5.
    private static int WriteInteger(Span<byte> target, uint value)
    {
        var at = 0;
        while (value >= 0x80)
        {
            target[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[at++] = (byte)value;
        return at;
    }
}
