using System.Globalization;

namespace IotTelemetry.Edge.Outbox;

/// <summary>The frames of one epoch: its segments in order, the last one open while the epoch is the current one. Guarded by the outbox's lock.</summary>
internal sealed class EpochQueue(ulong epoch, string outbox)
{
    public ulong Epoch { get; } = epoch;

    public string Directory { get; } = Path.Combine(outbox, DirectoryName(epoch));

    public List<Segment> Segments { get; } = [];

    /// <summary>Every frame up to it is stored by the cloud.</summary>
    public ulong ConfirmedSeq { get; set; }

    /// <summary>The last frame appended; 0 when there was none.</summary>
    public ulong LastSeq { get; set; }

    /// <summary>Readings in all frames ever appended to the epoch.</summary>
    public ulong ReadingsAppended { get; set; }

    /// <summary>The birth that describes every frame of the epoch; empty until one is set.</summary>
    public ReadOnlyMemory<byte> Birth { get; set; }

    /// <summary>Whether directory and birth lie on the disk, forced to it. They are written before the first frame, which may be when a full disk has room again.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>Frames not confirmed and not dropped.</summary>
    public ulong Pending => Segments.Count == 0 ? 0 : LastSeq - Math.Min(LastSeq, Math.Max(ConfirmedSeq, Segments[0].FirstSeq - 1));

    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var segment in Segments)
            {
                bytes += segment.Bytes;
            }

            return bytes;
        }
    }

    public static string DirectoryName(ulong epoch) => epoch.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>The segment that holds <paramref name="seq"/>, or the next one after it; null when every frame is older.</summary>
    public Segment? Find(ulong seq)
    {
        foreach (var segment in Segments)
        {
            if (segment.LastSeq >= seq)
            {
                return segment;
            }
        }

        return null;
    }
}
