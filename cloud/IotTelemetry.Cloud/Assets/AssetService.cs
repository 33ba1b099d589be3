using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Changes;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Assets;

/// <summary>What the live state needs beside the frames that ingest gives it, wired together: reading what is stored, telling of changes. Start it when ingest has started.</summary>
internal sealed class AssetService : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _rebuilding = Task.CompletedTask;
    private Task _feeding = Task.CompletedTask;

    public AssetService(IClickHouseEngine engine, DatabaseName database, IngestPipeline ingest, LiveState live, TimeProvider time, ILoggerFactory logs)
    {
        Live = live;
        Changes = new ChangeFeed(live, time);
        StoredValues stored = new(engine, new StoreTables(database), ingest.Registry, live);
        Rebuild = new LiveRebuild(stored, live, time, logs.CreateLogger<LiveRebuild>());
    }

    public LiveState Live { get; }

    public ChangeFeed Changes { get; }

    public LiveRebuild Rebuild { get; }

    /// <summary>Begins; nothing waits for it.</summary>
    public void Start()
    {
        _rebuilding = Task.Run(() => Rebuild.RunAsync(_stop.Token), CancellationToken.None);
        _feeding = Task.Run(() => Changes.RunAsync(_stop.Token), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_rebuilding, _feeding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
