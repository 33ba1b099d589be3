namespace IotTelemetry.Hardware.I2c;

/// <summary>A chip that the kernel knows on an I2C bus.</summary>
/// <param name="Address">7-bit address.</param>
/// <param name="Name">The chip's name, such as <c>ina226</c>.</param>
/// <param name="Driver">The driver bound to it; null when none is.</param>
public sealed record I2cClient(int Address, string Name, string? Driver);
