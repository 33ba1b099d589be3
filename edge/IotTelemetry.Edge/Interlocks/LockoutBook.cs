using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>
/// The lockouts that the cloud has pushed down (SPECIFICATION.md, section 7.5), in memory and on the disk. A file that cannot be read holds every asset until a set comes: who locked something
/// must not lose the lockout to a bad sector. Thread-safe; <see cref="Apply"/> by one thread at a time.
/// </summary>
internal sealed class LockoutBook
{
    private readonly string _path;
    private readonly IGatewayClock _clock;
    private readonly ILogger _log;
    private volatile Held _held;
    private long _storedRevision;

    /// <summary>The lockouts that lie in <paramref name="path"/>.</summary>
    public LockoutBook(string path, IGatewayClock clock, ILogger log)
    {
        _path = path;
        _clock = clock;
        _log = log;
        _held = Load();
    }

    /// <summary>The revision in force and on the disk; null when there never was one.</summary>
    public long? StoredRevision => Interlocked.Read(ref _storedRevision) is var revision and > 0 ? revision : null;

    /// <summary>What is wrong with the file on the disk; null when nothing is.</summary>
    public string? Problem => _held.Problem;

    /// <summary>Who holds an asset and why, for a person; null when nobody does.</summary>
    public string? HoldOn(string asset)
    {
        var held = _held;
        if (held.Set is null)
        {
            return held.Problem;
        }

        foreach (var lockout in held.ByAsset[asset])
        {
            if (lockout.HoldsAt(_clock.Quality, _clock.NowMs))
            {
                return $"held by {lockout.Holder}: {lockout.Reason}";
            }
        }

        return null;
    }

    /// <summary>Takes a message of the topic <c>lockouts</c>: in force at once, reported once it is on the disk. Blocks while the disk writes.</summary>
    /// <returns>Whether the lockouts have changed.</returns>
    public bool Apply(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        LockoutSet set;
        try
        {
            set = LockoutSet.Decode(payload.Span);
        }
        catch (MessageFormatException exception)
        {
            InterlockLog.LockoutsUnreadable(_log, exception.Message);
            return false;
        }

        // The same one again is a chance to write it after all.
        if (_held.Set is { } known && (set.Revision < known.Revision || set.Revision == Interlocked.Read(ref _storedRevision)))
        {
            return false;
        }

        try
        {
            _held = new Held(set, null);
            Store(payload.Span);
            Interlocked.Exchange(ref _storedRevision, set.Revision);
            InterlockLog.LockoutsApplied(_log, set.Revision, set.Lockouts.Count);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _held = new Held(set, $"lockouts of revision {set.Revision} are in force but not on the disk: {exception.Message}");
            InterlockLog.LockoutsNotStored(_log, exception, set.Revision);
        }

        return true;
    }

    private Held Load()
    {
        try
        {
            if (!File.Exists(_path))
            {
                return new Held(new LockoutSet { Revision = 0, Lockouts = [] }, null);
            }

            var set = LockoutSet.Decode(File.ReadAllBytes(_path));
            _storedRevision = set.Revision;
            return new Held(set, null);
        }
        catch (Exception exception) when (exception is MessageFormatException or IOException or UnauthorizedAccessException)
        {
            InterlockLog.LockoutsDamaged(_log, _path, exception.Message);
            return new Held(null, "the lockouts on the disk cannot be read; every asset is held until the cloud sends them again");
        }
    }

    private void Store(ReadOnlySpan<byte> payload)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var beside = _path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(payload);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, _path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(_path)!);
    }

    private sealed class Held(LockoutSet? set, string? problem)
    {
        /// <summary>The lockouts in force; null when those on the disk cannot be read.</summary>
        public LockoutSet? Set { get; } = set;

        public string? Problem { get; } = problem;

        public ILookup<string, AssetLockout> ByAsset { get; } = (set?.Lockouts ?? []).ToLookup(l => l.Asset);
    }
}
