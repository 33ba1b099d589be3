using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker;

/// <summary>Encodes the properties of a message that the host publishes.</summary>
internal static class HostProperties
{
    /// <summary>The properties that travel with the message; expiry is counted apart.</summary>
    public static ReadOnlyMemory<byte> Encode(in MqttMessage message)
    {
        if (!message.PayloadIsUtf8 && message.ResponseTopic is null && message.ContentType is null
            && message.CorrelationData.IsEmpty && message.UserProperties is not { Count: > 0 })
        {
            return default;
        }

        var builder = new MqttPropertyBuilder();
        if (message.PayloadIsUtf8)
        {
            builder.Add(MqttPropertyId.PayloadFormatIndicator, 1);
        }

        if (message.ContentType is { } contentType)
        {
            builder.Add(MqttPropertyId.ContentType, contentType);
        }

        if (message.ResponseTopic is { } responseTopic)
        {
            builder.Add(MqttPropertyId.ResponseTopic, responseTopic);
        }

        if (!message.CorrelationData.IsEmpty)
        {
            builder.Add(MqttPropertyId.CorrelationData, message.CorrelationData.Span);
        }

        foreach (var property in message.UserProperties ?? [])
        {
            builder.AddUser(property.Name, property.Value);
        }

        return builder.Build().Encoded;
    }
}
