namespace IotTelemetry.Broker.Tests.Support;

/// <summary>As <see cref="MosquittoFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MosquittoTheoryAttribute : TheoryAttribute
{
    public MosquittoTheoryAttribute() => Skip = PeerPrograms.MosquittoMissing;
}
