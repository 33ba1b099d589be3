namespace IotTelemetry.Hardware.Sensors;

/// <summary>The physics of an echo.</summary>
internal static class EchoTiming
{
    /// <summary>
    /// Distance in mm of an echo that took so long there and back. Speed of sound in air 331.3 m/s at 0 degC, rising with the root of the absolute temperature.
    /// </summary>
    public static double DistanceMm(long echoNs, double airTemperature) => SpeedMetresPerSecond(airTemperature) * echoNs * 1e-6 / 2;

    /// <summary>The speed of sound in dry air.</summary>
    public static double SpeedMetresPerSecond(double airTemperature) => 331.3 * Math.Sqrt(1 + (airTemperature / 273.15));

    /// <summary>The middle of the values; sorts them.</summary>
    public static double Median(Span<double> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
