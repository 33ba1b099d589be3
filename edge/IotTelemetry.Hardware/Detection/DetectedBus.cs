using IotTelemetry.Hardware.I2c;

namespace IotTelemetry.Hardware.Detection;

/// <summary>An I2C bus.</summary>
/// <param name="Bus">The adapter.</param>
/// <param name="Clients">The chips the kernel knows on it.</param>
public sealed record DetectedBus(I2cBus Bus, IReadOnlyList<I2cClient> Clients);
