namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// A frame that waits for its birth: a copy, because the broker's memory is only lent. A repeat of such a frame waits without bytes, so that its sender is not told
/// "stored" before it is.
/// </summary>
internal sealed record HeldFrame(byte[] Topic, byte[]? Payload, string Client, long ReceivedAtMs, Confirmation Confirmation)
{
    /// <summary>What it counts against <see cref="IngestOptions.HeldBytes"/>.</summary>
    public long Bytes => 200 + Topic.Length + (Payload?.Length ?? 0);
}
