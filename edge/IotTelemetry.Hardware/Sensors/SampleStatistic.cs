namespace IotTelemetry.Hardware.Sensors;

/// <summary>How several readings become one value.</summary>
public enum SampleStatistic
{
    /// <summary>The arithmetic mean.</summary>
    Mean,

    /// <summary>The root of the mean square about the mean: the effective value of an alternating signal, whatever its bias.</summary>
    Rms,
}
