using IotTelemetry.Broker;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Where gateways come in, and by what right their rows are written: the parts of the service that depend on which broker and which store the options name.</summary>
internal sealed class GatewaySide : IAsyncDisposable
{
    private readonly CloudOptions _options;
    private readonly MqttBroker _broker;
    private readonly ILoggerFactory _logs;
    private readonly LeaseTable _table;
    private readonly LeaseKeeper? _leases;
    private readonly EmbeddedBrokerLink? _embedded;
    private readonly ExternalBrokerLink? _external;

    public GatewaySide(CloudOptions options, IClickHouseEngine engine, MqttBroker broker, ILoggerFactory logs)
    {
        _options = options;
        _broker = broker;
        _logs = logs;
        _table = new LeaseTable(engine, new StoreTables(options.Store.Database).Leases);
        bool isShared = options.Store.Servers is not null || options.Broker is not null;
        _leases = isShared
            ? new LeaseKeeper(_table, $"{options.Share} {Environment.MachineName}:{Environment.ProcessId}", options.Lease, TimeProvider.System, logs.CreateLogger<LeaseKeeper>())
            : null;
        _external = options.Broker is { } other ? new ExternalBrokerLink(other, TimeProvider.System, logs) : null;
        _embedded = _external is null ? new EmbeddedBrokerLink(broker, TimeProvider.System) : null;
    }

    /// <summary>The seam to the gateways.</summary>
    public IGatewayLink Link => (IGatewayLink?)_external ?? _embedded!;

    /// <summary>Asked before every insert; null when nobody else can write to the store.</summary>
    public IWriteGuard? Guard => _leases;

    /// <summary>Connections that gateways come in by.</summary>
    public long Connections => _external?.Connected.Count ?? _broker.Counters.Connections;

    /// <summary>The right to write, for the pipeline that has <see cref="Guard"/>.</summary>
    public IWriterRole RoleOf(IngestPipeline ingest)
    {
        if (_leases is null)
        {
            return new EmbeddedWriter(_table, ingest, !_options.IsStoreAlone, TimeProvider.System, _logs.CreateLogger<EmbeddedWriter>());
        }

        TimeSpan look = _options.Lease / 10;
        return _external is null
            ? new SoleWriter(_leases, ingest, look, TimeProvider.System, _logs.CreateLogger<SoleWriter>())
            : new Worker(
                _options.Share,
                _options.Store.Servers is null ? [BatchNumber.Embedded] : [],
                _leases,
                _external,
                ingest,
                look,
                TimeProvider.System,
                _logs.CreateLogger<Worker>());
    }

    /// <summary>From now on nothing is taken; what was taken is still acknowledged.</summary>
    public void Stop()
    {
        _embedded?.Stop();
        _external?.Stop();
    }

    public ValueTask DisposeAsync() => _external?.DisposeAsync() ?? ValueTask.CompletedTask;
}
