namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>A test in the machine; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GuestFactAttribute : FactAttribute
{
    public GuestFactAttribute()
    {
        Skip = MachineFiles.Missing;
        Timeout = 60_000;
    }
}
