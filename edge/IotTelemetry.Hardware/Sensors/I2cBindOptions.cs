namespace IotTelemetry.Hardware.Sensors;

/// <summary>One I2C chip to tell the kernel of.</summary>
/// <param name="Chip">The driver's name for the chip, such as <c>ina226</c>.</param>
/// <param name="Bus">The adapter's name or number.</param>
/// <param name="Address">7-bit address, 0x08 to 0x77.</param>
public sealed record I2cBindOptions(string Chip, string Bus, int Address);
