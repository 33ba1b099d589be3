namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>One running service for the tests that only ask.</summary>
public sealed class DoorFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    internal ServiceProcess Service { get; private set; } = null!;

    public async Task InitializeAsync() => Service = await ServiceProcess.StartAsync(Path.Combine(_directory, "data"));

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
