namespace IotTelemetry.Edge.Uplink;

/// <summary>What the transport tells. Calls come from the transport's threads, in order, and must not block.</summary>
internal interface IUplinkEvents
{
    void OnConnected(UplinkConnection connection);

    void OnDisconnected(string reason);

    /// <summary>The transport has ended by an error and will not connect again.</summary>
    void OnFailed(Exception failure);

    /// <summary>A message on the topic <c>stored</c>; the memory is valid until the returned task completes.</summary>
    ValueTask OnStoredAsync(ReadOnlyMemory<byte> payload);

    /// <summary>A message on the topic <c>command</c>; the memory is valid until the returned task completes.</summary>
    ValueTask OnCommandAsync(ReadOnlyMemory<byte> payload);

    /// <summary>A message on the topic <c>lockouts</c>; the memory is valid until the returned task completes.</summary>
    ValueTask OnLockoutsAsync(ReadOnlyMemory<byte> payload);
}
