using System.Globalization;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.I2c;

/// <summary>One I2C adapter.</summary>
/// <param name="Number">The kernel's number; may differ after each boot when there are several.</param>
/// <param name="Name">The adapter's name, such as <c>bcm2835 (i2c@7e804000)</c>.</param>
public sealed record I2cBus(int Number, string Name)
{
    /// <summary>The device file for transfers from user space (kernel module i2c-dev).</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/dev/i2c-{Number}");

    /// <summary>Every adapter, in the order of the numbers.</summary>
    public static IReadOnlyList<I2cBus> All(string sysfs = Sysfs.Root)
    {
        var directory = $"{sysfs}/bus/i2c/devices";
        return !Directory.Exists(directory)
            ? []
            : [.. Directory.EnumerateDirectories(directory, "i2c-*")
                .Select(path => (Path: path, Number: System.IO.Path.GetFileName(path)[4..]))
                .Where(e => int.TryParse(e.Number, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(e => new I2cBus(int.Parse(e.Number, CultureInfo.InvariantCulture), Sysfs.ReadOptional($"{e.Path}/name") ?? ""))
                .OrderBy(b => b.Number)];
    }

    /// <summary>Finds an adapter by its name, or by its number (<c>1</c> or <c>i2c-1</c>).</summary>
    /// <exception cref="LinuxException">No such adapter, or two of that name.</exception>
    public static I2cBus Find(string bus, string sysfs = Sysfs.Root)
    {
        ArgumentException.ThrowIfNullOrEmpty(bus);
        var all = All(sysfs);
        var found = all.Where(b => b.Name == bus).ToArray();
        if (found.Length == 0)
        {
            var number = bus.StartsWith("i2c-", StringComparison.Ordinal) ? bus[4..] : bus;
            found = [.. all.Where(b => b.Number.ToString(CultureInfo.InvariantCulture) == number)];
        }

        return found.Length switch
        {
            1 => found[0],
            0 => throw new LinuxException(
                $"finding I2C bus '{bus}'",
                Errno.NoSuchFile,
                all.Count == 0 ? "there is no I2C bus (enable it in the board's firmware settings)" : $"there are {string.Join(", ", all)}"),
            _ => throw new LinuxException($"finding I2C bus '{bus}'", Errno.Invalid, $"several have that name: {string.Join(", ", all)}"),
        };
    }

    /// <summary>The chips the kernel knows on this bus, bound to a driver or not.</summary>
    public IReadOnlyList<I2cClient> Clients(string sysfs = Sysfs.Root)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{Number}-");
        return [.. Directory.EnumerateDirectories($"{sysfs}/bus/i2c/devices", prefix + "????")
            .Select(path => new I2cClient(
                int.Parse(System.IO.Path.GetFileName(path)[prefix.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                Sysfs.ReadOptional($"{path}/name") ?? "",
                System.IO.Path.GetFileName(Directory.ResolveLinkTarget($"{path}/driver", returnFinalTarget: true)?.FullName)))
            .OrderBy(c => c.Address)];
    }

    /// <summary>
    /// Tells the kernel that <paramref name="chip"/> (<c>ina226</c>) sits at <paramref name="address"/>, unless it knows already; needs root.
    /// Kernel documentation: i2c/instantiating-devices, method 4.
    /// </summary>
    /// <exception cref="LinuxException">Another chip is known there, or the kernel refuses.</exception>
    public void Bind(string chip, int address, string sysfs = Sysfs.Root)
    {
        var known = Clients(sysfs).FirstOrDefault(c => c.Address == address);
        if (known is not null)
        {
            if (known.Name != chip)
            {
                throw new LinuxException($"binding {chip} at 0x{address:x2} of {this}", Errno.Busy, $"the kernel knows a {known.Name} there");
            }

            return;
        }

        Sysfs.Write(string.Create(CultureInfo.InvariantCulture, $"{sysfs}/bus/i2c/devices/i2c-{Number}/new_device"), $"{chip} 0x{address:x2}");
    }

    /// <inheritdoc/>
    public override string ToString() => $"i2c-{Number} '{Name}'";
}
