namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>Tests that ask one running service, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneDoor : ICollectionFixture<DoorFixture>
{
    public const string Name = "door of a running service";
}
