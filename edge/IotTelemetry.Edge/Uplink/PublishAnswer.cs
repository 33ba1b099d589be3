namespace IotTelemetry.Edge.Uplink;

/// <summary>What the broker said to a publish.</summary>
/// <param name="Accepted">Whether it took responsibility.</param>
/// <param name="Reason">Its reason code and text; empty when accepted.</param>
/// <param name="ForGood">
/// The message itself is what it objects to (payload format invalid): sending it again is of no use. The cloud's own broker says so of a frame it has put aside, and the cursor passes it.
/// </param>
internal readonly record struct PublishAnswer(bool Accepted, string Reason, bool ForGood = false);
