using System.Text;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>Mosquitto, a service that is nothing but a store with its door, and worker processes between them that come and go; the users of the door are as README has them.</summary>
internal sealed class WorkerFleet : IAsyncDisposable
{
    private const string Password = "for this test only";
    private const int LogLines = 60;
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

    public static async Task<WorkerFleet> CreateAsync(MosquittoBroker broker, string leaseSeconds)
    {
        WorkerFleet fleet = new(broker, leaseSeconds);
        await File.WriteAllTextAsync(fleet.In("password"), Password);
        await File.WriteAllTextAsync(
            fleet.In("users.json"),
            $$"""{ "users": [ { "name": "default", "role": "analyst" }, { "name": "ingest", "role": "ingest", "password": "{{PasswordHash.Create(Password)}}" } ] }""");
        fleet.Store = await fleet.StartStoreAsync(httpPort: 0);
        return fleet;
    }

    /// <summary>Starts workers such as <c>2/3</c>, at the same time.</summary>
    public async Task StartAsync(params string[] shares)
    {
        foreach ((string share, ServiceProcess worker) in await Task.WhenAll(shares.Select(async share => (share, await StartWorkerAsync(share)))))
        {
            _workers.Add(share, worker);
        }
    }

    /// <summary>What a running worker answers over HTTP.</summary>
    public Task<HttpResponseMessage> GetAsync(string share, string path) => _workers[share].Http.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>kill -9.</summary>
    public async Task KillAsync(string share)
    {
        _workers.Remove(share, out ServiceProcess? worker);
        await worker!.KillAsync();
        await worker.DisposeAsync();
    }

    /// <summary>kill -9 of the store, and a new process in its place.</summary>
    public async Task RestartStoreAsync()
    {
        int port = Store.Http.BaseAddress!.Port;
        await Store.DisposeAsync();
        Store = await StartStoreAsync(port);
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

    /// <summary>What every process did last, for the message of a test that fails.</summary>
    public async Task<string> TellAsync()
    {
        StringBuilder told = new();
        foreach ((string share, ServiceProcess worker) in _workers)
        {
            told.AppendLine($"worker {share}: {(worker.HasEnded ? "has ended" : "runs")}");
        }

        foreach (string log in Directory.GetFiles(_directory, "*.log").Order(StringComparer.Ordinal))
        {
            string[] lines = await File.ReadAllLinesAsync(log);
            told.AppendLine($"--- {Path.GetFileName(log)}").AppendJoin(Environment.NewLine, lines.TakeLast(LogLines)).AppendLine();
        }

        return told.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProcess worker in _workers.Values)
        {
            await worker.DisposeAsync();
        }

        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private Task<ServiceProcess> StartStoreAsync(int httpPort) =>
        ServiceProcess.StartAsync(["--data", In("data"), "--mqtt", "off", "--users", In("users.json"), "--log-file", In("store-.log")], httpPort);

    private Task<ServiceProcess> StartWorkerAsync(string share) => ServiceProcess.StartAsync(
    [
        "--broker", _broker.Endpoint.ToString(), "--worker", share, "--lease-s", _leaseSeconds, "--batch-rows", "500", "--batch-age-ms", "5",
        "--clickhouse", Store.Http.BaseAddress!.ToString(), "--clickhouse-user", "ingest", "--clickhouse-password-file", In("password"),
        "--log-file", In($"worker-{share.Replace('/', '-')}-.log"),
    ]);

    private string In(string file) => Path.Combine(_directory, file);
}
