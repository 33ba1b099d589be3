using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Iio;

/// <summary>One channel of an IIO device, in the project's units.</summary>
internal sealed class IioChannel
{
    private readonly string _path;
    private readonly bool _processed;
    private readonly double _scale;
    private readonly double _offset;

    private IioChannel(string path, bool processed, double scale, double offset, string unit)
    {
        _path = path;
        _processed = processed;
        _scale = scale;
        _offset = offset;
        Unit = unit;
    }

    /// <summary>The unit of <see cref="Read"/>.</summary>
    public string Unit { get; }

    /// <summary>Opens a channel such as <c>voltage0</c>.</summary>
    /// <exception cref="LinuxException">The device has no such channel.</exception>
    public static IioChannel Open(KernelDevice device, string channel)
    {
        var unit = IioUnit.Of(channel) ?? new IioUnit("", 1);
        if (File.Exists($"{device.Path}/in_{channel}_input"))
        {
            return new IioChannel($"{device.Path}/in_{channel}_input", true, unit.Factor, 0, unit.Symbol);
        }

        var raw = $"{device.Path}/in_{channel}_raw";
        return File.Exists(raw)
            ? new IioChannel(raw, false, (Attribute(device, channel, "scale") ?? 1) * UnitFactor(device, channel), Attribute(device, channel, "offset") ?? 0, unit.Symbol)
            : throw new LinuxException($"finding channel '{channel}' of {device}", Errno.NoSuchFile, $"it has {string.Join(", ", Names(device))}");
    }

    /// <summary>Every channel that can be read.</summary>
    public static IReadOnlyList<string> Names(KernelDevice device) =>
        [.. Directory.EnumerateFiles(device.Path, "in_*")
            .Select(path => Path.GetFileName(path))
            .Where(name => name.EndsWith("_raw", StringComparison.Ordinal) || name.EndsWith("_input", StringComparison.Ordinal))
            .Select(name => name[3..name.LastIndexOf('_')])
            .Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The scale from a raw value of this channel to the project's unit, and the offset added to it before.</summary>
    /// <exception cref="LinuxException">The device did not answer.</exception>
    public static (double Scale, double Offset) Calibration(KernelDevice device, string channel) =>
        ((Attribute(device, channel, "scale") ?? 1) * UnitFactor(device, channel), Attribute(device, channel, "offset") ?? 0);

    /// <summary>Reads the sensor now.</summary>
    /// <exception cref="LinuxException">It did not answer, or is gone.</exception>
    public double Read()
    {
        var value = Sysfs.ReadNumber(_path);
        return _processed ? value * _scale : (value + _offset) * _scale;
    }

    // drivers/iio/magnetometer/hmc5843_core.c gives 1e7/gain as nano-units, a hundredth of the gauss that the ABI asks for (seen in 2.6.35 to 6.12).
    private static double UnitFactor(KernelDevice device, string channel) =>
        (IioUnit.Of(channel)?.Factor ?? 1) * (device.Name is "hmc5843" or "hmc5883" or "hmc5883l" or "hmc5983" && IioUnit.TypeOf(channel) == "magn" ? 100 : 1);

    // A scale may belong to one channel (in_voltage0_scale) or to all of a type (in_magn_scale).
    private static double? Attribute(KernelDevice device, string channel, string name)
    {
        foreach (var candidate in new[] { channel, IioUnit.TypeOf(channel) })
        {
            var path = $"{device.Path}/in_{candidate}_{name}";
            if (File.Exists(path))
            {
                return Sysfs.ReadNumber(path);
            }
        }

        return null;
    }
}
