using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>Mosquitto, one engine behind HTTP, and worker processes between them that come and go.</summary>
internal sealed class WorkerFleet(MosquittoBroker broker, Uri store, string lease) : IAsyncDisposable
{
    private readonly Dictionary<string, ServiceProcess> _workers = [];

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
    }

    private Task<ServiceProcess> StartAsync(string share) => ServiceProcess.StartAsync(
    [
        "--broker", broker.Endpoint.ToString(), "--worker", share, "--clickhouse", store.ToString(), "--lease-s", lease, "--batch-rows", "500", "--batch-age-ms", "5",
    ]);
}
