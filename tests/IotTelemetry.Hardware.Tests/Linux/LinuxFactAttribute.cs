namespace IotTelemetry.Hardware.Tests.Linux;

/// <summary>A test of the library's own system calls on files; skipped, and said so, on another system.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "system calls of Linux";
}
