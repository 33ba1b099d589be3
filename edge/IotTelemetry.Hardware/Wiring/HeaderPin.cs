namespace IotTelemetry.Hardware.Wiring;

/// <summary>One pin of a board's header.</summary>
/// <param name="Number">As printed beside it.</param>
/// <param name="Name">What it is: <c>3V3</c>, <c>GND</c>, <c>GPIO17</c>.</param>
/// <param name="Line">The GPIO line's offset; null for supply pins.</param>
public sealed record HeaderPin(int Number, string Name, int? Line);
