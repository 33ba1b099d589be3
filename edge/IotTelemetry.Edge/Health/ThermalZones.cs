using System.Globalization;

namespace IotTelemetry.Edge.Health;

/// <summary>The machine's thermal zones (Linux, Documentation/driver-api/thermal/sysfs-api.rst: <c>temp</c> is in thousandths of a degree Celsius).</summary>
internal static class ThermalZones
{
    private const string Root = "/sys/class/thermal";

    /// <summary>The zones that can be read now; a virtual machine has none.</summary>
    public static string[] Find() =>
        Directory.Exists(Root) ? [.. Directory.GetDirectories(Root, "thermal_zone*").Select(zone => Path.Combine(zone, "temp")).Where(IsReadable)] : [];

    /// <summary>The hottest of them, in degrees Celsius.</summary>
    /// <exception cref="IOException">One could not be read.</exception>
    public static double Hottest(string[] zones) => zones.Max(Read);

    private static double Read(string path) =>
        int.TryParse(File.ReadAllText(path).AsSpan().Trim(), CultureInfo.InvariantCulture, out var thousandths) ? thousandths / 1000.0 : throw new IOException($"{path} holds no number");

    private static bool IsReadable(string path)
    {
        try
        {
            Read(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Some drivers register a zone and answer only with an error: it counts as none.
            return false;
        }
    }
}
