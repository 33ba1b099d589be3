using System.Globalization;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// Fills the live state after a start from what is stored, while frames already come in: a reading that is newer than the stored one stays, whichever is written first. First the
/// newest birth of each gateway, then last values, from the newest hour backwards: most points reported within the last hours, and once none lacks a value nothing older is read.
/// </summary>
internal sealed class LiveRebuild(StoredValues stored, LiveState live, TimeProvider time, ILogger<LiveRebuild> logger)
{
    private static readonly TimeSpan[] Ages = [TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(2), TimeSpan.FromDays(14), TimeSpan.FromDays(90)];

    // A year's peak would be a scan of the year; loads show what they can within a month.
    private static readonly TimeSpan HighestWithin = TimeSpan.FromDays(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // Years that the store's times can have.
    private static readonly DateTimeOffset Never = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Ever = new(2248, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private volatile RebuildState _state;
    private long _points;
    private long _pointsDone;

    public RebuildState State => _state;

    /// <summary>Points whose last values are to be read; 0 until the births are read.</summary>
    public long Points => Volatile.Read(ref _points);

    /// <summary>Points that were looked for so far, whether the store had a value of them or not.</summary>
    public long PointsDone => Volatile.Read(ref _pointsDone);

    /// <summary>What is not there yet, for a person; null when all is.</summary>
    public string? Note => _state switch
    {
        RebuildState.Complete => null,
        RebuildState.Failed => "the live state could not be read from the store: assets show what came in since the start; the log has the cause",
        _ when Points == 0 => "the live state is being read from the store: the gateways' births",
        _ => string.Create(CultureInfo.InvariantCulture, $"the live state is being read from the store: {PointsDone} of {Points} points"),
    };

    /// <summary>Runs until everything is read. A store that is away for now is asked again; any other failure ends it, and the state says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        try
        {
            await RepeatAsync(ct => stored.ReadBirthsAsync((gateway, refusal) => CloudLog.StoredBirthUnreadable(logger, gateway.ToString(), "(newest)", refusal), ct), cancellationToken);
            RebuildPack[] packs = [.. RebuildPack.Of(live)];
            Volatile.Write(ref _points, packs.Sum(pack => (long)pack.Points));
            long values = 0;
            long done = 0;
            foreach (RebuildPack pack in packs)
            {
                values += await ReadAsync(pack, done, cancellationToken);
                done += pack.Points;
                Volatile.Write(ref _pointsDone, done);
            }

            await RepeatAsync(ct => stored.ReadHighestAsync(time.GetUtcNow() - HighestWithin, ct), cancellationToken);
            _state = RebuildState.Complete;
            CloudLog.LiveRebuilt(logger, values, time.GetElapsedTime(start));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _state = RebuildState.Failed;
            CloudLog.LiveRebuildFailed(logger, failure);
        }
    }

    private async Task<long> ReadAsync(RebuildPack pack, long done, CancellationToken cancellationToken)
    {
        long values = 0;
        DateTimeOffset to = Ever;
        DateTimeOffset now = time.GetUtcNow();
        foreach (DateTimeOffset from in Ages.Select(age => now - age).Append(Never))
        {
            if (!pack.LacksValues())
            {
                break;
            }

            DateTimeOffset end = to;
            for (int slice = 0; slice < pack.Slices; slice++)
            {
                int part = slice;
                await RepeatAsync(async ct => values += await stored.ReadAsync(pack, part, from, end, ct), cancellationToken);
                Volatile.Write(ref _pointsDone, done + Math.Min(values, pack.Points));
            }

            to = from;
        }

        return values;
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await read(cancellationToken);
                return;
            }
            catch (ClickHouseException failure) when (failure.IsTransient)
            {
                CloudLog.LiveRebuildWaits(logger, RetryAfter, failure);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }
}
