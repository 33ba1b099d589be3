namespace IotTelemetry.Broker.Tests.Support;

/// <summary>A test that needs Node.js and the packages of tests/peers; skipped with one line where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeTheoryAttribute : TheoryAttribute
{
    public NodeTheoryAttribute() => Skip = PeerPrograms.NodeMissing;
}
