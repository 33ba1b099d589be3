namespace IotTelemetry.Demo;

/// <summary>The whole system on this machine: the cloud service and simulated gateways, each a process of its own.</summary>
public sealed class LocalSystem : IAsyncDisposable
{
    private readonly string _directory;
    private readonly List<Gateway> _gateways = [];

    private LocalSystem(string directory, CloudService cloud)
    {
        _directory = directory;
        Cloud = cloud;
    }

    /// <summary>The running cloud service.</summary>
    public CloudService Cloud { get; private set; }

    /// <summary>The running gateways.</summary>
    public IReadOnlyList<Gateway> Gateways => _gateways;

    /// <summary>Starts the cloud, then the gateways; all state lies in <paramref name="directory"/>. Without an address it takes a port that stays free while the service is away.</summary>
    public static async Task<LocalSystem> StartAsync(
        string directory, IEnumerable<SimulatedGateway> gateways, CancellationToken cancellationToken, string? mqtt = null, string? http = null)
    {
        var cloud = await CloudService.StartAsync(directory, cancellationToken, mqtt ?? $"127.0.0.1:{FreePort.Take()}", http ?? $"127.0.0.1:{FreePort.Take()}").ConfigureAwait(false);
        var system = new LocalSystem(directory, cloud);
        foreach (var gateway in gateways)
        {
            system._gateways.Add(Gateway.Start(cloud, directory, gateway));
        }

        return system;
    }

    /// <summary>kill -9 of the cloud service, and a new one on the same data and addresses.</summary>
    public async Task KillAndRestartCloudAsync(CancellationToken cancellationToken)
    {
        await Cloud.KillAsync().ConfigureAwait(false);
        var (mqtt, http) = (Cloud.Mqtt, Cloud.Http);
        await Cloud.DisposeAsync().ConfigureAwait(false);
        Cloud = await CloudService.StartAsync(_directory, cancellationToken, mqtt, http).ConfigureAwait(false);
    }

    /// <summary>kill -9 of every gateway, and new ones on the same state.</summary>
    public async Task KillAndRestartGatewaysAsync()
    {
        for (var i = 0; i < _gateways.Count; i++)
        {
            await _gateways[i].KillAsync().ConfigureAwait(false);
            await _gateways[i].DisposeAsync().ConfigureAwait(false);
            _gateways[i] = Gateway.Start(Cloud, _directory, _gateways[i].Simulated);
        }
    }

    /// <summary>Stops the gateways, each when the cloud has confirmed all it sent, and returns how many readings they sent.</summary>
    public async Task<long> StopGatewaysAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_gateways.Select(gateway => gateway.StopAsync())).ConfigureAwait(false);
        long sent = 0;
        foreach (var gateway in _gateways)
        {
            sent += await gateway.ReadingsSentAsync(cancellationToken).ConfigureAwait(false);
        }

        return sent;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
        }

        await Cloud.DisposeAsync().ConfigureAwait(false);
    }
}
