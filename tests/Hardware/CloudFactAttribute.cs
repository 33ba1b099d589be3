using IotTelemetry.Hardware.Qemu.Tests.Machine;

namespace IotTelemetry.Hardware.Qemu.Tests;

/// <summary>A test with the cloud service beside the machine; skipped, with the reason, where the machine or the embedded engine is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CloudFactAttribute : FactAttribute
{
    public CloudFactAttribute()
    {
        Skip = MachineFiles.Missing ?? (Directory.Exists(Path.Combine(MachineFiles.Metadata("EngineFolder"), "node_modules"))
            ? null
            : "no embedded ClickHouse: npm ci in cloud/engine fetches it");
        Timeout = 120_000;
    }
}
