using System.Text;

namespace IotTelemetry.Mqtt;

/// <summary>Checks what the caller may get wrong in a message, before anything is sent.</summary>
internal static class MqttMessageCheck
{
    /// <exception cref="ArgumentException">Names the field, the value and what is allowed.</exception>
    public static void Check(in MqttMessage message)
    {
        if (message.TopicUtf8.Length > 0)
        {
            if (!MqttTopicFilter.IsValidTopicName(message.TopicUtf8.Span))
            {
                throw InvalidTopic(Encoding.UTF8.GetString(message.TopicUtf8.Span));
            }
        }
        else
        {
            CheckTopic(message.Topic);
        }

        if ((byte)message.QualityOfService > 2)
        {
            throw new ArgumentException($"MqttMessage.QualityOfService is {(byte)message.QualityOfService}. Allowed: 0, 1, 2.");
        }

        if (message.ResponseTopic is not null)
        {
            CheckTopic(message.ResponseTopic);
        }

        if (message.MessageExpiry is { } expiry && (expiry < TimeSpan.Zero || expiry.TotalSeconds > uint.MaxValue))
        {
            throw new ArgumentException($"MqttMessage.MessageExpiry is {expiry}. Allowed: 0 to 4,294,967,295 seconds.");
        }

        if (message.CorrelationData.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"MqttMessage.CorrelationData has {message.CorrelationData.Length} bytes. Allowed: at most 65,535.");
        }

        if (message.ContentType is not null)
        {
            CheckText(nameof(message.ContentType), message.ContentType);
        }

        if (message.UserProperties is not null)
        {
            foreach (var property in message.UserProperties)
            {
                CheckText(nameof(message.UserProperties), property.Name);
                CheckText(nameof(message.UserProperties), property.Value);
            }
        }
    }

    private static void CheckText(string field, string? text)
    {
        if (text is null || text.Contains('\0', StringComparison.Ordinal)
            || (text.Length > ushort.MaxValue / 3 && Encoding.UTF8.GetByteCount(text) > ushort.MaxValue))
        {
            throw new ArgumentException(
                $"MqttMessage.{field} has a string of {text?.Length} characters. Allowed: at most 65,535 bytes of UTF-8 without the null character.");
        }
    }

    private static void CheckTopic(string? topic)
    {
        if (string.IsNullOrEmpty(topic)
            || topic.AsSpan().IndexOfAny('\0', '+', '#') >= 0
            || (topic.Length > ushort.MaxValue / 3 && Encoding.UTF8.GetByteCount(topic) > ushort.MaxValue))
        {
            throw InvalidTopic(topic);
        }
    }

    private static ArgumentException InvalidTopic(string? topic) =>
        new($"'{topic}' is not a topic name. Allowed: 1 to 65,535 bytes of UTF-8 without '+', '#' and the null character (MQTT 5.0 section 4.7).");
}
