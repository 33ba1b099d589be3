namespace IotTelemetry.Edge.Interlocks;

/// <summary>An input by which a person at the site holds assets, found on the board. Immutable.</summary>
internal sealed record HoldInput(int Point, string Address, HoldEffect Effect, bool When);
