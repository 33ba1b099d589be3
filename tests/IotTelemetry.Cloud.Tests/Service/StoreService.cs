using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>A service that is nothing but a store behind its door, as README has it for workers: with a user <c>ingest</c>, and readers without a password.</summary>
internal sealed class StoreService : IAsyncDisposable
{
    private const string Password = "for this test only";

    private StoreService()
    {
    }

    /// <summary>The process.</summary>
    public ServiceProcess Process { get; private set; } = null!;

    /// <summary>The data, the users, the log, and room for those of others.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    /// <summary>With these another service has its tables here.</summary>
    public string[] ClientOptions => ClientOptionsBy(Process.Http.BaseAddress!);

    public static async Task<StoreService> StartAsync()
    {
        StoreService store = new();
        await File.WriteAllTextAsync(store.In("password"), Password);
        await File.WriteAllTextAsync(
            store.In("users.json"),
            $$"""{ "users": [ { "name": "default", "role": "analyst" }, { "name": "ingest", "role": "ingest", "password": "{{PasswordHash.Create(Password)}}" } ] }""");
        await store.StartAsync(FreePort.Take());
        return store;
    }

    /// <summary>As <see cref="ClientOptions"/>, by way of somebody in between.</summary>
    public string[] ClientOptionsBy(Uri address) => ["--clickhouse", address.ToString(), "--clickhouse-user", "ingest", "--clickhouse-password-file", In("password")];

    /// <summary>kill -9, and a new process in its place.</summary>
    public async Task RestartAsync()
    {
        int port = Process.Http.BaseAddress!.Port;
        await Process.DisposeAsync();
        await StartAsync(port);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>A file in <see cref="Directory"/>.</summary>
    public string In(string file) => Path.Combine(Directory, file);

    private async Task StartAsync(int port) =>
        Process = await ServiceProcess.StartAsync(["--data", In("data"), "--mqtt", "off", "--users", In("users.json"), "--log-file", In("store-.log")], port);
}
