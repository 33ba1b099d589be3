namespace IotTelemetry.Edge.Interlocks;

/// <summary>One of a group. Immutable.</summary>
/// <param name="Point">The index of the point on the board.</param>
/// <param name="Address">Its address, for messages.</param>
/// <param name="Feedback">What shows whether it is on, besides itself; null: nothing does.</param>
internal sealed record GroupMember(int Point, string Address, Feedback? Feedback);
