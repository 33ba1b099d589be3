using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Connections;

/// <summary>
/// Takes out of a PUBLISH or Will the properties that belong to one hop or are counted anew: alias, subscription identifier, expiry, will delay. The others travel on
/// unaltered and in order ([MQTT-3.3.2-17], [MQTT-3.3.2-18]).
/// </summary>
internal static class HopProperties
{
    private const int AliasSize = 3;

    [ThreadStatic]
    private static MqttPropertyBuilder? _builder;

    /// <summary>The encoded properties that travel on. Valid until the next call on this thread, or as long as the packet.</summary>
    public static ReadOnlyMemory<byte> Remove(in MqttProperties properties)
    {
        if (!properties.Has(MqttPropertyId.TopicAlias)
            && !properties.Has(MqttPropertyId.MessageExpiryInterval)
            && !properties.Has(MqttPropertyId.WillDelayInterval))
        {
            return properties.Encoded;
        }

        if (properties.Encoded.Length == AliasSize && properties.Has(MqttPropertyId.TopicAlias))
        {
            return default;
        }

        var builder = (_builder ??= new MqttPropertyBuilder()).Clear();
        foreach (var property in properties)
        {
            if (property.Id is not (MqttPropertyId.TopicAlias or MqttPropertyId.MessageExpiryInterval or MqttPropertyId.WillDelayInterval))
            {
                builder.Add(property);
            }
        }

        return builder.Build().Encoded;
    }
}
