using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>Mosquitto, a service that is nothing but a store with its door, and worker processes between them that come and go.</summary>
internal sealed class WorkerFleet : IAsyncDisposable
{
    private const string Password = "for this test only";
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;
    private readonly Dictionary<string, ServiceProcess> _workers = [];
    private readonly MosquittoBroker _broker;
    private readonly string _leaseSeconds;

    private WorkerFleet(MosquittoBroker broker, string leaseSeconds)
    {
        _broker = broker;
        _leaseSeconds = leaseSeconds;
    }

    /// <summary>The service that has the store.</summary>
    public ServiceProcess Store { get; private set; } = null!;

    private string PasswordFile => Path.Combine(_directory, "password");

    public static async Task<WorkerFleet> CreateAsync(MosquittoBroker broker, string leaseSeconds)
    {
        WorkerFleet fleet = new(broker, leaseSeconds);
        string users = Path.Combine(fleet._directory, "users.json");
        await File.WriteAllTextAsync(fleet.PasswordFile, Password);
        await File.WriteAllTextAsync(
            users,
            $$"""{ "users": [ { "name": "default", "role": "analyst" }, { "name": "ingest", "role": "ingest", "password": "{{PasswordHash.Create(Password)}}", "limits": { "maximumStatements": 50, "maximumWaitSeconds": 60 } } ] }""");
        fleet.Store = await ServiceProcess.StartAsync(Path.Combine(fleet._directory, "data"), "--mqtt", "off", "--users", users);
        return fleet;
    }

    /// <summary>Starts workers such as <c>2/3</c>, at the same time.</summary>
    public async Task StartAsync(params string[] shares)
    {
        foreach ((string share, ServiceProcess worker) in await Task.WhenAll(shares.Select(async share => (share, await StartAsync(share)))))
        {
            _workers.Add(share, worker);
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(string share)
    {
        _workers.Remove(share, out ServiceProcess? worker);
        await worker!.KillAsync();
        await worker.DisposeAsync();
    }

    /// <summary>SIGTERM, to all at the same time.</summary>
    public Task TerminateAsync(params string[] shares) => Task.WhenAll(shares.Select(async share =>
    {
        ServiceProcess worker = _workers[share];
        int exitCode = (await worker.TerminateAsync()).ExitCode;
        Assert.True(exitCode == 0, $"worker {share} ended with {exitCode}: {await worker.Errors}");
        await worker.DisposeAsync();
        lock (_workers)
        {
            _workers.Remove(share);
        }
    }));

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProcess worker in _workers.Values)
        {
            await worker.DisposeAsync();
        }

        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private Task<ServiceProcess> StartAsync(string share) => ServiceProcess.StartAsync(
    [
        "--broker", _broker.Endpoint.ToString(), "--worker", share, "--lease-s", _leaseSeconds, "--batch-rows", "500", "--batch-age-ms", "5",
        "--clickhouse", Store.Http.BaseAddress!.ToString(), "--clickhouse-user", "ingest", "--clickhouse-password-file", PasswordFile,
    ]);
}
