namespace IotTelemetry.Protocol;

/// <summary>A frame that can never be stored: the cursor passes it, and the cloud keeps its bytes with the reason.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Seq">Its sequence number.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">The same for a person, at most 512 characters; null for none.</param>
public sealed record RefusedFrame(ulong Epoch, ulong Seq, RefusalReason Reason, string? Detail = null);
