namespace IotTelemetry.Edge.Interlocks;

/// <summary>Points of which at most one may be on, found on the board. Immutable.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Members">Its points.</param>
/// <param name="Gap">How long all others must have been off before one is switched on.</param>
internal sealed record SwitchGroup(string Name, IReadOnlyList<GroupMember> Members, TimeSpan Gap);
