namespace IotTelemetry.Broker.Tests.Support;

/// <summary>A test that needs Debian's mosquitto-clients; skipped with one line where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MosquittoFactAttribute : FactAttribute
{
    public MosquittoFactAttribute() => Skip = PeerPrograms.MosquittoMissing;
}
