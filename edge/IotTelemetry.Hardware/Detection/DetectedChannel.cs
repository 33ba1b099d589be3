namespace IotTelemetry.Hardware.Detection;

/// <summary>One quantity of a sensor.</summary>
/// <param name="Name">The kernel's name for it.</param>
/// <param name="Unit">The unit the agent gives it in; empty when the name does not tell.</param>
public sealed record DetectedChannel(string Name, string Unit);
