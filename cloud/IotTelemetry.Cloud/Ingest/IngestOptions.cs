using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>How rows gather into batches and which frames are refused; immutable, checked once by <see cref="Validate"/>.</summary>
internal sealed record IngestOptions
{
    private const int MostRows = 1_000_000;

    /// <summary>A batch is closed when it has this many rows. More rows per insert raise the engine's rate until about 100,000 (figures: 2.4-2.7 M rows/s).</summary>
    public int BatchRows { get; init; } = 100_000;

    /// <summary>
    /// While the batch before it is being written, a batch goes on growing, up to this many times <see cref="BatchRows"/>: a store that is behind gets fewer and larger inserts, which cost it less.
    /// </summary>
    public int Growth { get; init; } = 4;

    /// <summary>Rows at which a batch takes no more. Over 1,048,449 the engine would split one insert into several parts, and an insert would not be atomic any more.</summary>
    public int MaximumBatchRows => (int)Math.Min((long)BatchRows * Growth, MostRows);

    /// <summary>A batch is closed when its columns hold this many bytes.</summary>
    public int BatchBytes { get; init; } = 64 << 20;

    /// <summary>A batch with at least <see cref="TrickleRows"/> rows is closed at this age, counted from its first frame.</summary>
    public TimeSpan BatchAge { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Under this many rows a batch may grow as old as <see cref="TrickleAge"/>: few, larger parts instead of many small ones.</summary>
    public int TrickleRows { get; init; } = 256;

    /// <summary>The age at which a batch is closed however few rows it has.</summary>
    public TimeSpan TrickleAge { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Every month in a batch, and every rule of retention in a month, is one insert and one new part. A batch with many of them (a backlog, a replay) waits this long for each,
    /// so that parts are not made faster than they merge.
    /// </summary>
    public TimeSpan AgePerPartition { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A frame whose readings fall into more months than this is refused.</summary>
    public int MaximumMonthsPerFrame { get; init; } = 240;

    /// <summary>A frame with a reading further in the future than this is refused: a wrong clock must not fill partitions that no retention reaches.</summary>
    public TimeSpan FutureLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How many frames of one gateway may wait for its birth; further ones are refused until the birth is there.</summary>
    public int HeldFramesPerGateway { get; init; } = 256;

    /// <summary>How many bytes of all gateways' frames may wait for births.</summary>
    public long HeldBytes { get; init; } = 64L << 20;

    /// <summary>Least time between two requests to one gateway for its birth, and between two demands for a new epoch.</summary>
    public TimeSpan RebirthInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two cursors to one gateway while frames are still on their way.</summary>
    public TimeSpan CursorInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long readings are kept.</summary>
    public RetentionRules Retention { get; init; } = RetentionRules.KeepAll;

    /// <summary>These options for one worker: what is meant for the whole fleet is divided.</summary>
    public IngestOptions Of(WorkerShare share) => this with { HeldBytes = share.Of(HeldBytes) };

    /// <summary>Checks every value.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public void Validate()
    {
        OptionException.ThrowIfOutside("--batch-rows", BatchRows, 1, MostRows);
        OptionException.ThrowIfOutside("growth", Growth, 1, 100);
        OptionException.ThrowIfOutside("--batch-bytes", BatchBytes, 64 << 10, 512 << 20);
        OptionException.ThrowIfOutside("--batch-age", BatchAge, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        OptionException.ThrowIfOutside("trickle rows", TrickleRows, 0, BatchRows);
        OptionException.ThrowIfOutside("trickle age", TrickleAge, BatchAge, TimeSpan.FromMinutes(5));
        OptionException.ThrowIfOutside("age per partition", AgePerPartition, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        OptionException.ThrowIfOutside("months per frame", MaximumMonthsPerFrame, 1, 2400);
        OptionException.ThrowIfOutside("future limit", FutureLimit, TimeSpan.Zero, TimeSpan.FromDays(366));
        OptionException.ThrowIfOutside("held frames per gateway", HeldFramesPerGateway, 1, 65_536);
        OptionException.ThrowIfOutside("held bytes", HeldBytes, 1 << 20, 1L << 32);
        OptionException.ThrowIfOutside("rebirth interval", RebirthInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        OptionException.ThrowIfOutside("cursor interval", CursorInterval, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
    }
}
