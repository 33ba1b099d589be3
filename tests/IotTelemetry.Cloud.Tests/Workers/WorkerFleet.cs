using System.Text;
using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>Mosquitto, a service that is nothing but a store behind its door, and worker processes between them that come and go.</summary>
internal sealed class WorkerFleet(MosquittoBroker broker, StoreService store, string leaseSeconds) : IAsyncDisposable
{
    private const int LogLines = 60;
    private readonly Dictionary<string, ServiceProcess> _workers = [];

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

        foreach (string log in Directory.GetFiles(store.Directory, "*.log").Order(StringComparer.Ordinal))
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
    }

    private Task<ServiceProcess> StartWorkerAsync(string share) => ServiceProcess.StartAsync(
    [
        "--broker", broker.Endpoint.ToString(), "--worker", share, "--lease-s", leaseSeconds, "--batch-rows", "500", "--batch-age-ms", "5",
        "--log-file", store.In($"worker-{share.Replace('/', '-')}-.log"), .. store.ClientOptions,
    ]);
}
