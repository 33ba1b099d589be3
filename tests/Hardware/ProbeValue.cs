using System.Globalization;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>One value as the probe said it.</summary>
internal sealed record ProbeValue(string Point, double Value, string Quality, long TimestampMs, string Unit)
{
    public static ProbeValue Parse(string line)
    {
        var words = line.Split(' ');
        return new ProbeValue(words[1], double.Parse(words[2], CultureInfo.InvariantCulture), words[3], long.Parse(words[4], CultureInfo.InvariantCulture), words[5]);
    }
}
