namespace IotTelemetry.Packaging.Tests.Support;

/// <summary>A test in a clean Debian with the agent's package; skipped, with the reason, where one of them cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DebianFactAttribute : FactAttribute
{
    public DebianFactAttribute() => Skip = DebianRoot.Missing ?? AgentPackage.Missing;
}
