namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>Tests that share the one engine of the process, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class EngineTests : ICollectionFixture<EngineFixture>
{
    public const string Name = "embedded engine";
}
