using System.Buffers.Binary;
using System.Text.Unicode;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>Reads a packet's body front to back; every read is bounds-checked and answers malformed input with the reason code it deserves.</summary>
internal ref struct PacketCursor
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private int _position;

    public PacketCursor(ReadOnlyMemory<byte> body)
    {
        _memory = body;
        _span = body.Span;
    }

    public readonly int Remaining => _span.Length - _position;

    public byte ReadByte()
    {
        Need(1);
        return _span[_position++];
    }

    public ushort ReadUInt16()
    {
        Need(2);
        var value = BinaryPrimitives.ReadUInt16BigEndian(_span[_position..]);
        _position += 2;
        return value;
    }

    public uint ReadUInt32()
    {
        Need(4);
        var value = BinaryPrimitives.ReadUInt32BigEndian(_span[_position..]);
        _position += 4;
        return value;
    }

    public ushort ReadPacketId()
    {
        var id = ReadUInt16();
        if (id == 0)
        {
            throw MqttProtocolException.Protocol("[MQTT-2.2.1-3] a packet identifier must not be 0");
        }

        return id;
    }

    public uint ReadVariableByteInteger()
    {
        if (!VariableByteInteger.TryRead(_span[_position..], out var value, out var used))
        {
            throw Truncated();
        }

        _position += used;
        return value;
    }

    public ReadOnlyMemory<byte> ReadBinary() => ReadBlock(ReadUInt16());

    public ReadOnlyMemory<byte> ReadUtf8()
    {
        var text = ReadBinary();
        var span = text.Span;
        if (!Utf8.IsValid(span))
        {
            throw MqttProtocolException.Malformed("[MQTT-1.5.4-1] a string is not well-formed UTF-8");
        }

        if (span.Contains((byte)0))
        {
            throw MqttProtocolException.Malformed("[MQTT-1.5.4-2] a string contains the null character");
        }

        return text;
    }

    public ReadOnlyMemory<byte> ReadBlock(int length)
    {
        Need(length);
        var block = _memory.Slice(_position, length);
        _position += length;
        return block;
    }

    public ReadOnlyMemory<byte> ReadRest() => ReadBlock(Remaining);

    public MqttProperties ReadProperties(MqttPropertyUse use)
    {
        var length = ReadVariableByteInteger();
        if (length == 0)
        {
            return default;
        }

        if (length > (uint)Remaining)
        {
            throw Truncated();
        }

        var encoded = ReadBlock((int)length);
        return new MqttProperties(encoded, MqttPropertyCheck.Check(encoded, use));
    }

    public readonly void ExpectEnd(string packet)
    {
        if (Remaining != 0)
        {
            throw MqttProtocolException.Malformed($"{packet} has {Remaining} bytes more than its fields need (section 2.1.4)");
        }
    }

    private readonly void Need(int count)
    {
        if (count > Remaining)
        {
            throw Truncated();
        }
    }

    private static MqttProtocolException Truncated() =>
        MqttProtocolException.Malformed("A field reaches beyond the end of its packet (section 2.1.4)");
}
