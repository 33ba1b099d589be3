namespace IotTelemetry.Hardware.Iio;

/// <summary>
/// The units of IIO (kernel documentation, ABI/testing/sysfs-bus-iio) and the project's: a channel's type decides both.
/// </summary>
/// <param name="Symbol">The project's unit.</param>
/// <param name="Factor">What an IIO value is multiplied with.</param>
internal readonly record struct IioUnit(string Symbol, double Factor)
{
    /// <summary>The unit of a channel such as <c>voltage0</c>, <c>magn_x</c> or <c>voltage0-voltage1</c>; null for a type this library does not know.</summary>
    public static IioUnit? Of(string channel) => TypeOf(channel) switch
    {
        "voltage" or "altvoltage" => new IioUnit("V", 1e-3),
        "current" => new IioUnit("A", 1e-3),
        "power" => new IioUnit("W", 1e-3),
        "temp" => new IioUnit("degC", 1e-3),
        "distance" => new IioUnit("mm", 1e3),
        "magn" => new IioUnit("uT", 100),
        "humidityrelative" => new IioUnit("%", 1e-3),
        "illuminance" => new IioUnit("lx", 1),
        "pressure" => new IioUnit("kPa", 1),
        "resistance" => new IioUnit("ohm", 1),
        "energy" => new IioUnit("J", 1),
        _ => null,
    };

    /// <summary>The type: what comes before the index or the modifier.</summary>
    public static string TypeOf(string channel)
    {
        var end = 0;
        while (end < channel.Length && char.IsAsciiLetterLower(channel[end]))
        {
            end++;
        }

        return channel[..end];
    }
}
