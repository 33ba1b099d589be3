namespace IotTelemetry.Hardware.Qemu.Tests.Machine;

/// <summary>One machine, booted once, for all tests; they take turns.</summary>
[CollectionDefinition(Name)]
public sealed class GuestMachine : ICollectionFixture<Guest>
{
    public const string Name = "guest";
}
