using System.Globalization;

namespace IotTelemetry.Edge.Outbox;

/// <summary>One file of an epoch's queue: frames <see cref="FirstSeq"/> to <see cref="LastSeq"/>. Guarded by the outbox's lock.</summary>
internal sealed class Segment(string path, ulong firstSeq, ulong readingsBefore)
{
    public const string Extension = ".seg";

    public string Path { get; } = path;

    public ulong FirstSeq { get; } = firstSeq;

    /// <summary>Readings of the epoch in frames before this segment.</summary>
    public ulong ReadingsBefore { get; } = readingsBefore;

    /// <summary>The last frame in it; <c>FirstSeq - 1</c> while it is empty.</summary>
    public ulong LastSeq { get; set; } = firstSeq - 1;

    /// <summary>Readings of the epoch in frames up to the end of this segment.</summary>
    public ulong ReadingsAfter { get; set; } = readingsBefore;

    /// <summary>Bytes that count: what follows them in the file was never completely written.</summary>
    public long Bytes { get; set; } = SegmentHeader.Size;

    /// <summary>When another process appended its last frame, by the gateway's clock at that time.</summary>
    public DateTimeOffset LastAppended { get; init; }

    /// <summary>When its first frame was appended, as a <see cref="TimeProvider"/> timestamp of this process.</summary>
    public long BegunAt { get; set; }

    /// <summary>When its last frame was appended, as a <see cref="TimeProvider"/> timestamp of this process: the clock may be set by years in between. 0 when another process appended it.</summary>
    public long AppendedAt { get; set; }

    public static string FileName(ulong firstSeq) => firstSeq.ToString("D20", CultureInfo.InvariantCulture) + Extension;

    public static bool TryParseFileName(string path, out ulong firstSeq) =>
        ulong.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out firstSeq) && firstSeq > 0;
}
