namespace IotTelemetry.Edge.Outbox;

/// <summary>Where the outbox lies, how much it may hold and how often it is forced to the disk.</summary>
internal sealed record OutboxOptions
{
    public const long SmallestMaximumBytes = 64 * 1024;

    /// <summary>What is dropped goes by whole segments: so small a part of the outbox at a time at most.</summary>
    public const int LeastSegments = 4;

    /// <summary>The directory of the outbox; made when it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>Most bytes on disk; when it would be more, the oldest frames are dropped and counted. At least 64 KiB.</summary>
    public long MaximumBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Oldest frame kept; older ones are dropped and counted.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>A segment is closed when it has grown to this size; 4 KiB to a quarter of <see cref="MaximumBytes"/>.</summary>
    public int SegmentBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long an appended frame may lie in the page cache before it is forced to the disk; zero forces each frame.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a moved cursor is written down. A lost one costs frames sent twice, never lost ones, so the flash is spared.</summary>
    public TimeSpan CursorInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>So many unconfirmed frames found at the start, or after an outage, are a long backlog: live frames get a new epoch.</summary>
    public int LongBacklogFrames { get; init; } = 120;

    /// <summary>
    /// The number of the only epoch that frames are appended to; null for new ones. It is for a source that can be read again and makes the same frames each time, byte for byte: then a number
    /// that is given twice is given to the same frame, and what the cloud has already it drops as a repeat.
    /// </summary>
    public ulong? ReproducibleEpoch { get; init; }

    public OutboxOptions Validate()
    {
        Require(MaximumBytes >= SmallestMaximumBytes, nameof(MaximumBytes), MaximumBytes, $"at least {SmallestMaximumBytes} bytes");
        Require(SegmentBytes >= 4096 && SegmentBytes <= MaximumBytes / LeastSegments, nameof(SegmentBytes), SegmentBytes, "4096 bytes to a quarter of maximumBytes");
        Require(MaximumAge > TimeSpan.Zero, nameof(MaximumAge), MaximumAge, "longer than zero");
        Require(FlushInterval >= TimeSpan.Zero && FlushInterval <= TimeSpan.FromMinutes(1), nameof(FlushInterval), FlushInterval, "0 s to 60 s");
        Require(CursorInterval > TimeSpan.Zero && CursorInterval <= TimeSpan.FromHours(1), nameof(CursorInterval), CursorInterval, "longer than zero, at most 1 h");
        Require(LongBacklogFrames >= 1, nameof(LongBacklogFrames), LongBacklogFrames, "1 or more");
        return this;
    }

    private static void Require(bool holds, string key, object value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(key, value, $"{key} is {value}; allowed: {allowed}");
        }
    }
}
