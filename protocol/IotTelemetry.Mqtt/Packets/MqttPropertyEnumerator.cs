using System.Buffers.Binary;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>Walks a property list that has already been checked.</summary>
public struct MqttPropertyEnumerator
{
    private readonly ReadOnlyMemory<byte> _encoded;
    private int _position;

    internal MqttPropertyEnumerator(ReadOnlyMemory<byte> encoded)
    {
        _encoded = encoded;
    }

    /// <summary>The property the enumerator stands on.</summary>
    public MqttProperty Current { get; private set; }

    /// <summary>Steps to the next property; false at the end.</summary>
    public bool MoveNext()
    {
        var span = _encoded.Span;
        if (_position >= span.Length)
        {
            return false;
        }

        var id = (MqttPropertyId)span[_position++];
        uint number = 0;
        ReadOnlyMemory<byte> bytes = default;
        ReadOnlyMemory<byte> userValue = default;
        switch (MqttPropertyRules.KindOf((byte)id))
        {
            case MqttPropertyKind.Byte:
                number = span[_position++];
                break;
            case MqttPropertyKind.TwoByteInteger:
                number = BinaryPrimitives.ReadUInt16BigEndian(span[_position..]);
                _position += 2;
                break;
            case MqttPropertyKind.FourByteInteger:
                number = BinaryPrimitives.ReadUInt32BigEndian(span[_position..]);
                _position += 4;
                break;
            case MqttPropertyKind.VariableByteInteger:
                VariableByteInteger.TryRead(span[_position..], out number, out var used);
                _position += used;
                break;
            case MqttPropertyKind.Utf8String or MqttPropertyKind.BinaryData:
                bytes = ReadBlock(span);
                break;
            default:
                bytes = ReadBlock(span);
                userValue = ReadBlock(span);
                break;
        }

        Current = new MqttProperty(id, number, bytes, userValue);
        return true;
    }

    private ReadOnlyMemory<byte> ReadBlock(ReadOnlySpan<byte> span)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(span[_position..]);
        var block = _encoded.Slice(_position + 2, length);
        _position += 2 + length;
        return block;
    }
}
