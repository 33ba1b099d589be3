using IotTelemetry.Hardware.I2c;
using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Linux;

/// <summary>A device of a sysfs class (IIO, hwmon), found by name, label or address.</summary>
/// <param name="Path">Its directory, such as <c>/sys/bus/iio/devices/iio:device0</c>; the number may differ after each boot.</param>
/// <param name="Name">The driver's name for it.</param>
/// <param name="Label">The label; null when it has none.</param>
/// <param name="Client">Bus number and address; null when it is not on I2C.</param>
/// <param name="Chip">
/// The chip's own name on the I2C bus (<c>ads1115</c>), which a driver for several chips may not repeat in <paramref name="Name"/> (<c>ads1015</c>).
/// </param>
internal sealed record KernelDevice(string Path, string Name, string? Label, (int Bus, int Address)? Client, string? Chip)
{
    /// <summary>Every device of the class whose directory name begins with <paramref name="prefix"/>.</summary>
    public static IReadOnlyList<KernelDevice> All(string directory, string prefix) => !Directory.Exists(directory)
        ? []
        : [.. Directory.EnumerateDirectories(directory, prefix + "*")
            .Where(path => File.Exists($"{path}/name"))
            .OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal)
            .Select(path => new KernelDevice(path, Sysfs.Read($"{path}/name"), Sysfs.ReadOptional($"{path}/label"), Sysfs.I2cClientOf(path), ChipOf(path)))];

    /// <summary>The one device that matches every given part of <paramref name="address"/>.</summary>
    /// <exception cref="LinuxException">None matches, or several.</exception>
    public static KernelDevice Find(string directory, string prefix, KernelDeviceAddress address, string sysfs)
    {
        int? bus = address.Bus is null ? null : I2cBus.Find(address.Bus, sysfs).Number;
        var all = All(directory, prefix);
        var found = all.Where(d =>
            (address.Name is null || d.Name == address.Name || d.Chip == address.Name)
            && (address.Label is null || d.Label == address.Label)
            && (address.Address is null || d.Client?.Address == address.Address)
            && (bus is null || d.Client?.Bus == bus)).ToArray();
        return found.Length switch
        {
            1 => found[0],
            0 => throw new LinuxException(
                $"finding {prefix} device {address}", Errno.NoSuchFile, all.Count == 0 ? $"there is no {prefix} device" : $"there are {string.Join(", ", all)}"),
            _ => throw new LinuxException(
                $"finding {prefix} device {address}", Errno.Invalid, $"several match: {string.Join(", ", (object[])found)}; add the address, bus or label"),
        };
    }

    // The class device's own parent: "device" of hwmon and of IIO (there it is the directory above).
    private static string? ChipOf(string path)
    {
        if (Sysfs.I2cClientOf(path) is null)
        {
            return null;
        }

        var real = Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return Sysfs.ReadOptional(Directory.Exists($"{real}/device") ? $"{real}/device/name" : $"{System.IO.Path.GetDirectoryName(real)}/name");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Chip ?? Name}{(Client is { } c ? $" at {c.Bus}-{c.Address:x4}" : "")}{(Label is null ? "" : $" '{Label}'")}";
}
