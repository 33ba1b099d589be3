using IotTelemetry.Packaging.Tests.Support;

namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>A test in a machine that systemd runs; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemdFactAttribute : FactAttribute
{
    public SystemdFactAttribute()
    {
        Skip = MachineFiles.Missing ?? DebianRoot.Missing;
        Timeout = 600_000;
    }
}
