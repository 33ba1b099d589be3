using IotTelemetry.Hardware.Gpio;

namespace IotTelemetry.Hardware.Detection;

/// <summary>A GPIO chip.</summary>
/// <param name="Name">The kernel's name.</param>
/// <param name="Label">The driver's label.</param>
/// <param name="Lines">All its lines.</param>
public sealed record DetectedChip(string Name, string Label, IReadOnlyList<GpioLineInfo> Lines);
