namespace IotTelemetry.Edge.Outbox;

/// <summary>Counts what is about to be dropped.</summary>
internal static class SegmentTally
{
    /// <summary>The readings in frames <paramref name="firstSeq"/> and later of a segment.</summary>
    public static ulong ReadingsFrom(Segment segment, ulong firstSeq)
    {
        if (firstSeq <= segment.FirstSeq)
        {
            return segment.ReadingsAfter - segment.ReadingsBefore;
        }

        try
        {
            using var file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var scan = new SegmentScan(file, SegmentHeader.Size, segment.Bytes);
            ulong readings = 0;
            while (scan.TryNext(out var record, out _))
            {
                readings += record.Seq >= firstSeq ? (ulong)record.Readings : 0;
            }

            return readings;
        }
        catch (IOException)
        {
            // The file is gone or its disk fails: rather too many are counted than too few.
            return segment.ReadingsAfter - segment.ReadingsBefore;
        }
    }
}
