using System.Buffers.Binary;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>Writes fields one after the other into memory that is known to be large enough.</summary>
internal ref struct PacketPen(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    /// <summary>Bytes written so far.</summary>
    public int Position { get; private set; }

    public void Byte(byte value) => _target[Position++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_target[Position..], value);
        Position += 2;
    }

    public void VariableByteInteger(uint value) => Position += Packets.VariableByteInteger.Write(_target[Position..], value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_target[Position..]);
        Position += value.Length;
    }

    /// <summary>A two-byte length and the bytes.</summary>
    public void Block(ReadOnlySpan<byte> value)
    {
        if (value.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A string or binary value has at most 65,535 bytes, this one has {value.Length} (section 1.5.4).");
        }

        UInt16((ushort)value.Length);
        Bytes(value);
    }

    public void Properties(in MqttProperties properties, MqttProtocolVersion version)
    {
        if (version == MqttProtocolVersion.V500)
        {
            var encoded = properties.Encoded.Span;
            VariableByteInteger((uint)encoded.Length);
            Bytes(encoded);
        }
    }
}
