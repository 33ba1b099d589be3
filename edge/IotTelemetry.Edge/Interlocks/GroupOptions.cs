namespace IotTelemetry.Edge.Interlocks;

/// <summary>Points of which at most one may be on: the section <c>interlocks.groups</c>.</summary>
/// <param name="Name">The group's name, for messages.</param>
/// <param name="Points">Addresses <c>asset/point</c>. One that cannot be set counts by what it shows, such as the contact of a breaker that is switched by hand.</param>
/// <param name="Gap">How long all others must have been off before one is switched on: break before make.</param>
internal sealed record GroupOptions(string Name, IReadOnlyList<string> Points, TimeSpan Gap);
