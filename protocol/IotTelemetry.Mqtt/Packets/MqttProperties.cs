using System.Text;

namespace IotTelemetry.Mqtt.Packets;

/// <summary>
/// A packet's property list: the encoded bytes, checked when they were read or built, and a bit for each property present. Nothing is decoded
/// until it is asked for, so a packet whose properties nobody reads costs no time. Valid as long as the memory it was read from.
/// </summary>
public readonly struct MqttProperties
{
    private readonly ulong _present;

    internal MqttProperties(ReadOnlyMemory<byte> encoded, ulong present)
    {
        Encoded = encoded;
        _present = present;
    }

    /// <summary>The encoded properties without their length.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>True if there are none.</summary>
    public bool IsEmpty => _present == 0;

    /// <summary>One bit per property identifier that occurs.</summary>
    internal ulong Present => _present;

    /// <summary>True if the property occurs.</summary>
    public bool Has(MqttPropertyId id) => (_present & MqttPropertyRules.Bit(id)) != 0;

    /// <summary>The value of an integer property, or null when absent. Of a repeated one, the first.</summary>
    public uint? GetNumber(MqttPropertyId id) => TryFind(id, out var property) ? property.Number : null;

    /// <summary>The value of a string (UTF-8) or binary property, or null when absent.</summary>
    public ReadOnlyMemory<byte>? GetBytes(MqttPropertyId id) => TryFind(id, out var property) ? property.Bytes : null;

    /// <summary>The value of a string property, or null when absent.</summary>
    public string? GetString(MqttPropertyId id) => TryFind(id, out var property) ? Encoding.UTF8.GetString(property.Bytes.Span) : null;

    /// <summary>The user properties in order, decoded.</summary>
    public IReadOnlyList<MqttUserProperty> GetUserProperties()
    {
        if (!Has(MqttPropertyId.UserProperty))
        {
            return [];
        }

        var list = new List<MqttUserProperty>();
        foreach (var property in this)
        {
            if (property.Id == MqttPropertyId.UserProperty)
            {
                list.Add(new MqttUserProperty(Encoding.UTF8.GetString(property.Bytes.Span), Encoding.UTF8.GetString(property.UserValue.Span)));
            }
        }

        return list;
    }

    /// <summary>Walks all properties in order, without allocating.</summary>
    public MqttPropertyEnumerator GetEnumerator() => new(Encoded);

    private bool TryFind(MqttPropertyId id, out MqttProperty found)
    {
        if (Has(id))
        {
            foreach (var property in this)
            {
                if (property.Id == id)
                {
                    found = property;
                    return true;
                }
            }
        }

        found = default;
        return false;
    }
}
