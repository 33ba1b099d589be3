using IotTelemetry.Hardware.Linux;
using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Iio;

/// <summary>The IIO devices of this machine.</summary>
internal static class IioDevices
{
    private const string Prefix = "iio:device";

    public static IReadOnlyList<KernelDevice> All(string sysfs = Sysfs.Root) => KernelDevice.All($"{sysfs}/bus/iio/devices", Prefix);

    /// <exception cref="LinuxException">None matches, or several.</exception>
    public static KernelDevice Find(KernelDeviceAddress address, string sysfs = Sysfs.Root) => KernelDevice.Find($"{sysfs}/bus/iio/devices", Prefix, address, sysfs);
}
