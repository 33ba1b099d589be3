using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Outbox;

/// <summary>Looks up what waits longest.</summary>
internal static class OldestFrame
{
    /// <summary>When the oldest frame that is not confirmed was sealed, by the gateway's clock at that time; null when none waits that can be read.</summary>
    /// <param name="queues">The epochs that have segments, oldest first.</param>
    public static DateTimeOffset? SealedAt(IReadOnlyList<EpochQueue> queues)
    {
        foreach (var queue in queues)
        {
            foreach (var segment in queue.Segments)
            {
                if (segment.LastSeq > queue.ConfirmedSeq && SealedAt(segment, queue.ConfirmedSeq) is { } sealedAt)
                {
                    return sealedAt;
                }
            }
        }

        return null;
    }

    private static DateTimeOffset? SealedAt(Segment segment, ulong confirmedSeq)
    {
        try
        {
            using var file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var scan = new SegmentScan(file, SegmentHeader.Size, segment.Bytes);
            while (scan.TryNext(out var record, out var payload))
            {
                if (record.Seq > confirmedSeq)
                {
                    return DateTimeOffset.FromUnixTimeMilliseconds(FrameHeader.Read(payload).SealedAtMs);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or MessageFormatException)
        {
            // Confirmed by an agent at work and gone, or it cannot be read: the next one tells.
        }

        return null;
    }
}
