using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>One running service for the tests that only ask.</summary>
public sealed class DoorFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    internal ServiceProcess Service { get; private set; } = null!;

    /// <summary>Users without a name read; <c>analyst</c> (password <c>analyst's</c>) has small limits; <c>ingest</c> (password <c>rows</c>) inserts.</summary>
    public async Task InitializeAsync()
    {
        string users = Path.Combine(_directory, "users.json");
        await File.WriteAllTextAsync(
            users,
            $$"""
            { "users": [
              { "name": "default", "role": "analyst" },
              { "name": "analyst", "role": "analyst", "password": "{{PasswordHash.Create("analyst's")}}",
                "limits": { "maximumSeconds": 2, "maximumMemoryBytes": 104857600, "maximumResultRows": 1000, "maximumStatements": 2, "maximumWaitSeconds": 0 } },
              { "name": "ingest", "role": "ingest", "password": "{{PasswordHash.Create("rows")}}" }
            ] }
            """);
        Service = await ServiceProcess.StartAsync(Path.Combine(_directory, "data"), "--users", users);
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
