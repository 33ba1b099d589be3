using IotTelemetry.ClickHouse.Embedded;

namespace IotTelemetry.ClickHouse.Tests;

/// <summary>The one engine of this test process, on a directory of its own.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-clickhouse-").FullName;

    public EmbeddedEngine Engine { get; private set; } = null!;

    public string DataDirectory => Path.Combine(_directory, "data");

    public async Task InitializeAsync() => Engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = DataDirectory });

    public async Task DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
