using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Routing;

/// <summary>A publish on its way through the broker, while it still rests in somebody's buffer. <see cref="ToMessage"/> makes a copy that may stay.</summary>
internal ref struct PublishView
{
    public ReadOnlySpan<byte> Topic;

    /// <summary>The properties that travel with the message, encoded, without those that belong to one hop (alias, subscription identifier, expiry).</summary>
    public ReadOnlySpan<byte> Properties;

    public ReadOnlySpan<byte> Payload;
    public MqttQualityOfService QualityOfService;
    public bool Retain;

    /// <summary>Seconds the message is worth delivering, or <see langword="null"/> for ever.</summary>
    public uint? ExpirySeconds;

    /// <summary>The broker's clock when the message came in.</summary>
    public long ReceivedAt;

    private StoredMessage? _message;

    /// <summary>The message on the heap, made at the first call and shared by all subscribers that must keep it.</summary>
    public StoredMessage ToMessage() => _message ??= new StoredMessage(
        Topic, Properties, Payload, QualityOfService, ExpirySeconds is { } seconds ? BrokerClock.AddSeconds(ReceivedAt, seconds) : 0);
}
