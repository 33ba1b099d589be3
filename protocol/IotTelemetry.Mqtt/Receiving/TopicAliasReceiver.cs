namespace IotTelemetry.Mqtt;

/// <summary>The topic aliases a server has set on one connection (MQTT 5.0 section 3.3.2.3.4). Not thread-safe.</summary>
internal sealed class TopicAliasReceiver(int maximum)
{
    private readonly Dictionary<int, byte[]> _topics = [];

    /// <summary>The topic a PUBLISH means: its own, then remembered for the alias, or the one the alias stands for.</summary>
    /// <exception cref="MqttProtocolException">The alias is above the maximum or was never set.</exception>
    public ReadOnlyMemory<byte> Resolve(uint alias, ReadOnlyMemory<byte> topic)
    {
        if (alias > maximum)
        {
            throw new MqttProtocolException(MqttReasonCode.TopicAliasInvalid, $"[MQTT-3.3.2-10] topic alias {alias} is above the maximum {maximum}");
        }

        if (topic.Length > 0)
        {
            if (!_topics.TryGetValue((int)alias, out var known) || !topic.Span.SequenceEqual(known))
            {
                _topics[(int)alias] = topic.ToArray();
            }

            return topic;
        }

        return _topics.TryGetValue((int)alias, out var set)
            ? set
            : throw MqttProtocolException.Protocol($"Topic alias {alias} was never set on this connection (section 3.3.4)");
    }
}
