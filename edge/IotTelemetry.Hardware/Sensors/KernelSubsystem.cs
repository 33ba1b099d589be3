namespace IotTelemetry.Hardware.Sensors;

/// <summary>The kernel's two interfaces to sensors.</summary>
public enum KernelSubsystem
{
    /// <summary>Industrial I/O.</summary>
    Iio,

    /// <summary>Hardware monitoring.</summary>
    Hwmon,
}
