using System.Globalization;
using IotTelemetry.Hardware.Linux;
using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Counter;

/// <summary>One count of a device of the kernel's counter subsystem (kernel documentation, ABI/testing/sysfs-bus-counter).</summary>
internal sealed class CounterDevice
{
    // A driver without "ceiling" counts in 32 bits or more; interrupt-cnt sign-extends its 32 to 64, so that only the lower ones can be relied on.
    private const ulong LowerBits = uint.MaxValue;

    private readonly string _count;
    private readonly bool _narrowed;

    private CounterDevice(string count, ulong? ceiling)
    {
        _count = count;
        _narrowed = ceiling is null;
        Ceiling = ceiling ?? LowerBits;
    }

    /// <summary>The highest count; the next pulse makes it 0.</summary>
    public ulong Ceiling { get; }

    /// <summary>Finds the device by its name, and switches the count on where it is off.</summary>
    /// <exception cref="LinuxException">There is none of that name, or several; it has no such count; it cannot be switched on.</exception>
    public static CounterDevice Open(PulseCounterOptions options, string sysfs)
    {
        var device = KernelDevice.Find($"{sysfs}/bus/counter/devices", "counter", new KernelDeviceAddress(options.Device, null, null, null), sysfs);
        var count = string.Create(CultureInfo.InvariantCulture, $"{device.Path}/count{options.Count}");
        if (Sysfs.ReadOptional($"{count}/enable") == "0")
        {
            Sysfs.Write($"{count}/enable", "1");
        }

        var ceiling = options.Ceiling ?? (File.Exists($"{count}/ceiling") ? ReadWhole($"{count}/ceiling") : null);
        return ceiling == 0
            ? throw new LinuxException($"counting with {count}", Errno.Invalid, "its ceiling is 0: it can count nothing")
            : new CounterDevice($"{count}/count", ceiling);
    }

    /// <summary>The count now, 0 to <see cref="Ceiling"/>.</summary>
    /// <exception cref="LinuxException">The device is gone, or counts beyond its ceiling.</exception>
    public ulong Read()
    {
        var count = ReadWhole(_count);
        if (_narrowed)
        {
            return count & LowerBits;
        }

        return count <= Ceiling
            ? count
            : throw new LinuxException($"reading {_count}", Errno.Invalid, string.Create(CultureInfo.InvariantCulture, $"{count} is above the ceiling {Ceiling}"));
    }

    /// <summary>Pulses between two counts.</summary>
    public static ulong Pulses(ulong before, ulong after, ulong ceiling) => after >= before ? after - before : ceiling - before + after + 1;

    private static ulong ReadWhole(string path)
    {
        var text = Sysfs.Read(path);
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new LinuxException($"reading {path}", Errno.Invalid, $"'{text}' is not a count");
    }
}
