using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Changes;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Sessions;

namespace IotTelemetry.Cloud.Assets;

/// <summary>What the live state needs beside the frames that ingest gives it, wired together: reading what is stored, telling of changes, deriving sessions. Start it when ingest has started.</summary>
internal sealed class AssetService : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SessionWriter _sessions;
    private Task _rebuilding = Task.CompletedTask;
    private Task _feeding = Task.CompletedTask;
    private Task _deriving = Task.CompletedTask;

    public AssetService(IClickHouseEngine engine, DatabaseName database, IngestPipeline ingest, LiveState live, TimeProvider time, ILoggerFactory logs)
    {
        Live = live;
        Changes = new ChangeFeed(live, time);
        StoreTables tables = new(database);
        StoredValues stored = new(engine, tables, ingest.Registry, live);
        Rebuild = new LiveRebuild(stored, live, time, logs.CreateLogger<LiveRebuild>());
        _sessions = new SessionWriter(new SessionDeriver(engine, tables), () => ingest.StoredThrough, time, logs.CreateLogger<SessionWriter>());
    }

    public LiveState Live { get; }

    public ChangeFeed Changes { get; }

    public LiveRebuild Rebuild { get; }

    /// <summary>Completes when telling of changes or deriving sessions stops, which only an error does before the end.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins; nothing waits for it.</summary>
    public void Start()
    {
        _rebuilding = Task.Run(() => Rebuild.RunAsync(_stop.Token), CancellationToken.None);
        _feeding = Task.Run(() => Changes.RunAsync(_stop.Token), CancellationToken.None);
        _deriving = Task.Run(() => _sessions.RunAsync(_stop.Token), CancellationToken.None);
        Completion = Task.WhenAny(_feeding, _deriving).Unwrap();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_rebuilding, _feeding, _deriving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
