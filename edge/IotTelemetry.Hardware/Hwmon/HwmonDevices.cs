using IotTelemetry.Hardware.Linux;
using IotTelemetry.Hardware.Sensors;

namespace IotTelemetry.Hardware.Hwmon;

/// <summary>The hardware monitors of this machine.</summary>
internal static class HwmonDevices
{
    private const string Prefix = "hwmon";

    public static IReadOnlyList<KernelDevice> All(string sysfs = Sysfs.Root) => KernelDevice.All($"{sysfs}/class/hwmon", Prefix);

    /// <exception cref="LinuxException">None matches, or several.</exception>
    public static KernelDevice Find(KernelDeviceAddress address, string sysfs = Sysfs.Root) => KernelDevice.Find($"{sysfs}/class/hwmon", Prefix, address, sysfs);
}
