using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Routing;

/// <summary>
/// An application message that outlives the packet it came in: retained, queued or in flight. Immutable, so it is shared by everybody who keeps it.
/// One array holds topic, properties and payload.
/// </summary>
internal sealed class StoredMessage
{
    private readonly byte[] _bytes;
    private readonly ushort _topicLength;
    private readonly int _propertiesLength;

    public StoredMessage(
        ReadOnlySpan<byte> topic, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> payload, MqttQualityOfService qualityOfService, long expiresAt)
    {
        _topicLength = checked((ushort)topic.Length);
        _propertiesLength = properties.Length;
        _bytes = GC.AllocateUninitializedArray<byte>(topic.Length + properties.Length + payload.Length);
        topic.CopyTo(_bytes);
        properties.CopyTo(_bytes.AsSpan(topic.Length));
        payload.CopyTo(_bytes.AsSpan(topic.Length + properties.Length));
        QualityOfService = qualityOfService;
        ExpiresAt = expiresAt;
    }

    public ReadOnlySpan<byte> Topic => _bytes.AsSpan(0, _topicLength);

    public ReadOnlySpan<byte> Properties => _bytes.AsSpan(_topicLength, _propertiesLength);

    public ReadOnlySpan<byte> Payload => _bytes.AsSpan(_topicLength + _propertiesLength);

    /// <summary>The quality of service it was published with.</summary>
    public MqttQualityOfService QualityOfService { get; }

    /// <summary>The broker's clock when it expires; 0 for never.</summary>
    public long ExpiresAt { get; }

    /// <summary>Number under which the store knows it; 0 while it is not stored. Only the store reads and writes it, under its lock.</summary>
    public long StoreId { get; set; }

    /// <summary>The last of the store's files that holds it. As <see cref="StoreId"/>.</summary>
    public long StoreFile { get; set; }

    /// <summary>Bytes it holds.</summary>
    public int Size => _bytes.Length;

    public bool IsExpired(long now) => ExpiresAt != 0 && now >= ExpiresAt;
}
