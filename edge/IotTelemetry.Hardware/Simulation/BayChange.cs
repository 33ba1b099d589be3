namespace IotTelemetry.Hardware.Simulation;

/// <summary>A vehicle came or went, at a simulated time.</summary>
internal readonly record struct BayChange(int Bay, TimeSpan At, bool Occupied);
