using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Uplink;

/// <summary>Something the uplink's loop has to deal with. One of the cases; the others are null.</summary>
/// <param name="Connection">A new connection, or the one that an answer came over.</param>
/// <param name="Cursor">What the cloud says is stored.</param>
/// <param name="Lane">The lane whose message was answered.</param>
/// <param name="Seq">The frame that was answered; null for a position.</param>
/// <param name="Answer">The answer; null with a lane means the connection was lost before one came.</param>
/// <param name="LostReason">Why the connection was lost.</param>
/// <param name="Failure">Why the transport has ended for good.</param>
/// <param name="StatusChanged">The gateway has something new to say of itself.</param>
internal readonly record struct UplinkEvent(
    UplinkConnection? Connection = null,
    StoredCursor? Cursor = null,
    EpochLane? Lane = null,
    ulong? Seq = null,
    PublishAnswer? Answer = null,
    string? LostReason = null,
    Exception? Failure = null,
    bool StatusChanged = false);
