namespace IotTelemetry.Hardware.Wiring;

/// <summary>One wire of a board.</summary>
/// <param name="Asset">What it belongs to.</param>
/// <param name="Function">What it is for.</param>
/// <param name="Line">Chip and line, or bus and address.</param>
/// <param name="Pins">Header pins, in words.</param>
/// <param name="PinNumbers">Header pins, as numbers.</param>
/// <param name="Setting">What the agent sets there.</param>
/// <param name="Note">The installer's note.</param>
public sealed record WiringRow(string Asset, string Function, string Line, string Pins, IReadOnlyList<int> PinNumbers, string Setting, string Note);
