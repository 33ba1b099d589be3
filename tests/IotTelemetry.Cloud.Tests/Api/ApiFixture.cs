using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Api;

/// <summary>One running service with one gateway's frames, for the tests that only ask.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    internal ServiceProcess Service { get; private set; } = null!;

    internal TestGateway Gateway { get; } = new("gw-1", bays: 12);

    public async Task InitializeAsync()
    {
        Service = await ServiceProcess.StartAsync(Path.Combine(_directory, "data"));
        OutboxClient client = new(Gateway, 7, [.. Enumerable.Range(1, 3).Select(seq => Gateway.Frame(7, (ulong)seq, readings: 36))]);
        Assert.True(await client.RunAsync(Service.MqttPort));
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
