namespace IotTelemetry.Edge.Uplink;

/// <summary>Takes what comes down to the gateway besides cursors. Called from the transport's threads and the uplink's loop; must not block.</summary>
internal interface IGatewayControl
{
    /// <summary>A message on the topic <c>command</c>; the memory is valid during the call.</summary>
    void OnCommand(ReadOnlyMemory<byte> payload);

    /// <summary>A message on the topic <c>lockouts</c>; the memory is valid until the returned task completes.</summary>
    ValueTask OnLockoutsAsync(ReadOnlyMemory<byte> payload);

    /// <summary>The revision of the lockouts in force and on the disk, for the status; null when there never was one.</summary>
    long? LockoutRevision { get; }

    /// <summary>The cloud itself has spoken: it says what it has stored.</summary>
    void OnHeard();

    /// <summary>The connection to the broker was made or lost.</summary>
    void OnUplink(bool isConnected);
}
