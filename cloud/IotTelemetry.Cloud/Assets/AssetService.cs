using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Assets;

/// <summary>What the live state needs beside the frames that ingest gives it, wired together: reading what is stored. Start it when ingest has started.</summary>
internal sealed class AssetService : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _rebuilding = Task.CompletedTask;

    public AssetService(IClickHouseEngine engine, DatabaseName database, IngestPipeline ingest, LiveState live, TimeProvider time, ILoggerFactory logs)
    {
        Live = live;
        StoredValues stored = new(engine, new StoreTables(database), ingest.Registry, live);
        Rebuild = new LiveRebuild(stored, live, time, logs.CreateLogger<LiveRebuild>());
    }

    public LiveState Live { get; }

    public LiveRebuild Rebuild { get; }

    /// <summary>Begins; nothing waits for it.</summary>
    public void Start() => _rebuilding = Task.Run(() => Rebuild.RunAsync(_stop.Token), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _rebuilding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
