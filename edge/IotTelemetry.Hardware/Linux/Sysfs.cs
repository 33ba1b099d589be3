using System.Globalization;

namespace IotTelemetry.Hardware.Linux;

/// <summary>Attributes of sysfs: small text files that the kernel makes anew at every read.</summary>
internal static class Sysfs
{
    /// <summary>Where the kernel shows its devices.</summary>
    public const string Root = "/sys";

    /// <summary>The attribute's text without the line end; null when there is no such attribute.</summary>
    /// <exception cref="LinuxException">It is there but cannot be read: the device did not answer, or is gone.</exception>
    public static string? ReadOptional(string path) => File.Exists(path) ? Read(path) : null;

    /// <summary>The attribute's text without the line end.</summary>
    /// <exception cref="LinuxException">It is missing, or the device did not answer.</exception>
    public static unsafe string Read(string path)
    {
        using var file = FileDescriptor.Open(path, OpenFlags.ReadOnly);
        var buffer = stackalloc byte[4096];
        var count = LibC.Read(file, buffer, 4096);
        return count < 0
            ? throw new LinuxException($"reading {path}", LibC.LastError)
            : System.Text.Encoding.UTF8.GetString(buffer, (int)count).TrimEnd('\n', '\0', ' ');
    }

    /// <summary>The attribute as a number; the kernel always writes a decimal point.</summary>
    /// <exception cref="LinuxException">It is missing, no number, or the device did not answer.</exception>
    public static double ReadNumber(string path)
    {
        var text = Read(path);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new LinuxException($"reading {path}", Errno.Invalid, $"'{text}' is not a number");
    }

    /// <summary>Writes an attribute.</summary>
    /// <exception cref="LinuxException">It is missing, read-only for this user, or the driver refuses the value.</exception>
    public static unsafe void Write(string path, string text)
    {
        // Some, such as new_device of an I2C bus, may be written and not read, unless by root.
        using var file = FileDescriptor.Open(path, OpenFlags.WriteOnly);
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            if (LibC.Write(file, start, (nuint)bytes.Length) < 0)
            {
                throw new LinuxException($"writing '{text}' to {path}", LibC.LastError);
            }
        }
    }

    /// <summary>The I2C client behind a class device, from its parent's name (<c>1-0040</c>); null for a device that is not on I2C.</summary>
    public static (int Bus, int Address)? I2cClientOf(string classDevice)
    {
        // The class directory is a link to …/i2c-1/1-0040/iio:device0 or …/1-0040/hwmon/hwmon2.
        var path = Directory.ResolveLinkTarget(classDevice, returnFinalTarget: true)?.FullName ?? classDevice;
        foreach (var part in Enumerable.Reverse(path.Split('/')))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (dash > 0 && part.Length - dash == 5
                && int.TryParse(part.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var bus)
                && int.TryParse(part.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address))
            {
                return (bus, address);
            }
        }

        return null;
    }
}
