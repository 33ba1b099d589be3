namespace IotTelemetry.Hardware.Detection;

/// <summary>A sensor with a kernel driver.</summary>
/// <param name="Subsystem"><c>iio</c> or <c>hwmon</c>.</param>
/// <param name="Name">The chip's name.</param>
/// <param name="Bus">The I2C bus number; null when it is not on I2C.</param>
/// <param name="Address">The I2C address; null when it is not on I2C.</param>
/// <param name="Channels">What it measures.</param>
public sealed record DetectedSensor(string Subsystem, string Name, int? Bus, int? Address, IReadOnlyList<DetectedChannel> Channels);
