using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>Builds a property list. Reusable; not thread-safe. What <see cref="Build"/> returns is valid until <see cref="Clear"/>.</summary>
public sealed class MqttPropertyBuilder
{
    private readonly ArrayBufferWriter<byte> _encoded = new(64);
    private ulong _present;

    /// <summary>Forgets everything added so far and keeps the memory.</summary>
    public MqttPropertyBuilder Clear()
    {
        _encoded.ResetWrittenCount();
        _present = 0;
        return this;
    }

    /// <summary>Adds an integer property.</summary>
    /// <exception cref="ArgumentException">The property is not an integer, or the value does not fit.</exception>
    public MqttPropertyBuilder Add(MqttPropertyId id, uint value)
    {
        var span = Begin(id, 5);
        var size = MqttPropertyRules.KindOf((byte)id) switch
        {
            MqttPropertyKind.Byte when value <= byte.MaxValue => WriteByte(span, value),
            MqttPropertyKind.TwoByteInteger when value <= ushort.MaxValue => WriteUInt16(span, value),
            MqttPropertyKind.FourByteInteger => WriteUInt32(span, value),
            MqttPropertyKind.VariableByteInteger when value <= VariableByteInteger.Maximum => VariableByteInteger.Write(span, value),
            _ => throw new ArgumentException($"{id} does not take the number {value}.", nameof(value)),
        };
        End(id, size);
        return this;
    }

    /// <summary>Adds a string (already UTF-8) or binary property of at most 65,535 bytes.</summary>
    /// <exception cref="ArgumentException">The property takes neither, or the value is too long.</exception>
    public MqttPropertyBuilder Add(MqttPropertyId id, ReadOnlySpan<byte> value)
    {
        if (MqttPropertyRules.KindOf((byte)id) is not (MqttPropertyKind.Utf8String or MqttPropertyKind.BinaryData))
        {
            throw new ArgumentException($"{id} is neither a string nor binary data.", nameof(id));
        }

        var span = Begin(id, 2 + value.Length);
        End(id, WriteBlock(span, value));
        return this;
    }

    /// <summary>Adds a string property.</summary>
    /// <exception cref="ArgumentException">The property is not a string, or the value is longer than 65,535 bytes.</exception>
    public MqttPropertyBuilder Add(MqttPropertyId id, string value)
    {
        if (MqttPropertyRules.KindOf((byte)id) != MqttPropertyKind.Utf8String)
        {
            throw new ArgumentException($"{id} is not a string.", nameof(id));
        }

        var span = Begin(id, 2 + Encoding.UTF8.GetMaxByteCount(value.Length));
        End(id, WriteText(span, value));
        return this;
    }

    /// <summary>Adds a user property; may be repeated.</summary>
    /// <exception cref="ArgumentException">The name or the value is longer than 65,535 bytes.</exception>
    public MqttPropertyBuilder AddUser(string name, string value)
    {
        var span = Begin(MqttPropertyId.UserProperty, 4 + Encoding.UTF8.GetMaxByteCount(name.Length) + Encoding.UTF8.GetMaxByteCount(value.Length));
        var size = WriteText(span, name);
        End(MqttPropertyId.UserProperty, size + WriteText(span[size..], value));
        return this;
    }

    /// <summary>Adds a user property given as UTF-8; may be repeated.</summary>
    /// <exception cref="ArgumentException">The name or the value is longer than 65,535 bytes.</exception>
    public MqttPropertyBuilder AddUser(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var span = Begin(MqttPropertyId.UserProperty, 4 + name.Length + value.Length);
        var size = WriteBlock(span, name);
        End(MqttPropertyId.UserProperty, size + WriteBlock(span[size..], value));
        return this;
    }

    /// <summary>Adds a property as it was read.</summary>
    public MqttPropertyBuilder Add(in MqttProperty property) => MqttPropertyRules.KindOf((byte)property.Id) switch
    {
        MqttPropertyKind.Utf8StringPair => AddUser(property.Bytes.Span, property.UserValue.Span),
        MqttPropertyKind.Utf8String or MqttPropertyKind.BinaryData => Add(property.Id, property.Bytes.Span),
        _ => Add(property.Id, property.Number),
    };

    /// <summary>The list built so far; a view of the builder's memory.</summary>
    public MqttProperties Build() => new(_encoded.WrittenMemory, _present);

    private Span<byte> Begin(MqttPropertyId id, int valueSize)
    {
        var span = _encoded.GetSpan(1 + valueSize);
        span[0] = (byte)id;
        return span[1..];
    }

    private void End(MqttPropertyId id, int valueSize)
    {
        _encoded.Advance(1 + valueSize);
        _present |= MqttPropertyRules.Bit(id);
    }

    private static int WriteByte(Span<byte> span, uint value)
    {
        span[0] = (byte)value;
        return 1;
    }

    private static int WriteUInt16(Span<byte> span, uint value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(span, (ushort)value);
        return 2;
    }

    private static int WriteUInt32(Span<byte> span, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(span, value);
        return 4;
    }

    private static int WriteText(Span<byte> span, string value) => Prefix(span, Encoding.UTF8.GetBytes(value, span[2..]));

    private static int WriteBlock(Span<byte> span, ReadOnlySpan<byte> value)
    {
        value.CopyTo(span[2..]);
        return Prefix(span, value.Length);
    }

    private static int Prefix(Span<byte> span, int length)
    {
        if (length > ushort.MaxValue)
        {
            throw new ArgumentException($"A string or binary value has at most 65,535 bytes, this one has {length} (section 1.5.4).");
        }

        BinaryPrimitives.WriteUInt16BigEndian(span, (ushort)length);
        return 2 + length;
    }
}
