namespace IotTelemetry.Broker.Limits;

/// <summary>One client's message and byte rate. Used by its read loop only.</summary>
internal sealed class ClientRate
{
    private TokenBucket _messages;
    private TokenBucket _bytes;

    private ClientRate(MqttBrokerOptions options, long now)
    {
        _messages = new TokenBucket(options.ClientMessagesPerSecond, options.ClientMessagesPerSecond, now);
        _bytes = new TokenBucket(options.ClientBytesPerSecond, options.ClientBytesPerSecond, now);
    }

    /// <summary>A limiter, or none when the options set no limit.</summary>
    public static ClientRate? Create(MqttBrokerOptions options, long now) =>
        options.ClientMessagesPerSecond == 0 && options.ClientBytesPerSecond == 0 ? null : new ClientRate(options, now);

    /// <summary>Accounts for what was read and says how many milliseconds not to read on.</summary>
    public long Spend(int messages, long bytes, long now) => Math.Max(_messages.Spend(messages, now), _bytes.Spend(bytes, now));
}
