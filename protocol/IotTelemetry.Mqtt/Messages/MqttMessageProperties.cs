using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>The properties a message has in PUBLISH and in a will.</summary>
internal static class MqttMessageProperties
{
    public static void Write(MqttPropertyBuilder properties, in MqttMessage message, TimeSpan? expiry)
    {
        if (message.PayloadIsUtf8)
        {
            properties.Add(MqttPropertyId.PayloadFormatIndicator, 1);
        }

        if (expiry is { } life)
        {
            properties.Add(MqttPropertyId.MessageExpiryInterval, (uint)Math.Ceiling(life.TotalSeconds));
        }

        if (message.ContentType is { } contentType)
        {
            properties.Add(MqttPropertyId.ContentType, contentType);
        }

        if (message.ResponseTopic is { } responseTopic)
        {
            properties.Add(MqttPropertyId.ResponseTopic, responseTopic);
        }

        if (!message.CorrelationData.IsEmpty)
        {
            properties.Add(MqttPropertyId.CorrelationData, message.CorrelationData.Span);
        }

        if (message.UserProperties is { } userProperties)
        {
            foreach (var property in userProperties)
            {
                properties.AddUser(property.Name, property.Value);
            }
        }
    }
}
