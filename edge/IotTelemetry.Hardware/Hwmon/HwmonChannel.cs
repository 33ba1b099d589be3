using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Hwmon;

/// <summary>One input of a hardware monitor (<c>in1</c>, <c>curr1</c>, <c>power1</c>, <c>temp1</c>), in the project's units.</summary>
/// <remarks>Units: kernel documentation, hwmon/sysfs-interface.</remarks>
internal sealed class HwmonChannel
{
    private readonly string _path;
    private readonly double _factor;

    private HwmonChannel(string path, string unit, double factor)
    {
        _path = path;
        _factor = factor;
        Unit = unit;
    }

    /// <summary>The unit of <see cref="Read"/>.</summary>
    public string Unit { get; }

    /// <summary>Opens an input by its name (<c>in1</c>) or by its label (the text of <c>in1_label</c>).</summary>
    /// <exception cref="LinuxException">The device has no such input.</exception>
    public static HwmonChannel Open(KernelDevice device, string channel)
    {
        var names = Names(device);
        var name = names.FirstOrDefault(n => n == channel) ?? names.FirstOrDefault(n => Sysfs.ReadOptional($"{device.Path}/{n}_label") == channel);
        if (name is null)
        {
            throw new LinuxException($"finding input '{channel}' of {device}", Errno.NoSuchFile, $"it has {string.Join(", ", names)}");
        }

        var (unit, factor) = UnitOf(name);
        return new HwmonChannel($"{device.Path}/{name}_input", unit, factor);
    }

    /// <summary>Every input.</summary>
    public static IReadOnlyList<string> Names(KernelDevice device) =>
        [.. Directory.EnumerateFiles(device.Path, "*_input").Select(path => Path.GetFileName(path)[..^"_input".Length]).Order(StringComparer.Ordinal)];

    /// <summary>The project's unit for an input and the factor to it.</summary>
    public static (string Unit, double Factor) UnitOf(string name) => name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9') switch
    {
        "in" => ("V", 1e-3),
        "curr" => ("A", 1e-3),
        "power" => ("W", 1e-6),
        "energy" => ("J", 1e-6),
        "temp" => ("degC", 1e-3),
        "humidity" => ("%", 1e-3),
        "fan" => ("rpm", 1),
        "freq" => ("Hz", 1),
        _ => ("", 1),
    };

    /// <summary>Reads the sensor now.</summary>
    /// <exception cref="LinuxException">It did not answer, or is gone.</exception>
    public double Read() => Sysfs.ReadNumber(_path) * _factor;
}
