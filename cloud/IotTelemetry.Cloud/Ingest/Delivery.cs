namespace IotTelemetry.Cloud.Ingest;

/// <summary>A message as it came in. The memory is lent until the call that passes it completes.</summary>
/// <param name="Topic">The topic in UTF-8.</param>
/// <param name="Payload">Its bytes.</param>
/// <param name="Client">The name of the connection's client, for people.</param>
/// <param name="ReceivedAtMs">When it came in, Unix milliseconds.</param>
/// <param name="IsRetained">Whether it was sent to be retained.</param>
/// <param name="Confirmation">Who is told what became of it.</param>
internal readonly record struct Delivery(ReadOnlyMemory<byte> Topic, ReadOnlyMemory<byte> Payload, string Client, long ReceivedAtMs, bool IsRetained, Confirmation Confirmation)
{
    /// <summary>The same message as one that can never be stored.</summary>
    public Rejection Reject(Protocol.RefusalReason reason, string detail) => new(reason, detail, Topic, Client, Payload);
}
