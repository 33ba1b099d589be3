using System.Globalization;

namespace IotTelemetry.Edge.Outbox;

/// <summary>Finds out what lies in an outbox's directory, after any crash. Whatever it meets, it answers with what can be used.</summary>
internal static class OutboxLoader
{
    public const string BirthFile = "birth";

    /// <summary>Loads the outbox; with <paramref name="repair"/> torn tails are cut off, without it nothing on disk is touched.</summary>
    /// <remarks>
    /// Only the last segment of each epoch is read through; the others are believed by their headers and checked record by record when they are sent,
    /// so that a large backlog does not delay the start.
    /// </remarks>
    public static OutboxContent Load(string directory, bool repair)
    {
        var ledger = LedgerFile.Load(directory, out var ledgerProblem);
        var queues = new List<EpochQueue>();
        long damaged = 0;
        foreach (var path in Directory.Exists(directory) ? Directory.EnumerateDirectories(directory) : [])
        {
            if (!ulong.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
            {
                continue;
            }

            queues.Add(new EpochQueue(epoch, directory));
        }

        queues.Sort((a, b) => a.Epoch.CompareTo(b.Epoch));
        foreach (var queue in queues)
        {
            LoadSegments(queue, repair, ref damaged);
            var known = ledger.Epochs.FirstOrDefault(e => e.Epoch == queue.Epoch);
            if (known is not null)
            {
                // The ledger remembers more than the segments when their end was lost, or when they are all confirmed and gone.
                queue.ConfirmedSeq = known.ConfirmedSeq;
                queue.LastSeq = Math.Max(queue.LastSeq, known.LastSeq);
                queue.ReadingsAppended = Math.Max(queue.ReadingsAppended, known.ReadingsAppended);
            }

            queue.Birth = LoadBirth(Path.Combine(queue.Directory, BirthFile));
        }

        return new OutboxContent(ledger, ledgerProblem, queues, damaged);
    }

    private static byte[] LoadBirth(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : [];
        }
        catch (IOException)
        {
            // As one that cannot be decoded, which is reported when it is wanted.
            return [];
        }
    }

    private static void LoadSegments(EpochQueue queue, bool repair, ref long damaged)
    {
        var paths = Files(queue.Directory);
        foreach (var path in paths)
        {
            if (!Segment.TryParseFileName(path, out var firstSeq))
            {
                continue;
            }

            try
            {
                LoadSegment(queue, path, firstSeq, isLast: path == paths[^1], repair, ref damaged);
            }
            catch (IOException)
            {
                // Either an agent at work has just deleted what was confirmed, or the disk cannot read it: the others count all the same, and this one is reported with its size.
                var file = new FileInfo(path);
                damaged += file.Exists ? file.Length : 0;
            }
        }

        if (queue.Segments.Count > 0)
        {
            var last = queue.Segments[^1];
            queue.LastSeq = last.LastSeq;
            queue.ReadingsAppended = last.ReadingsAfter;
        }
    }

    private static string[] Files(string directory)
    {
        try
        {
            var paths = Directory.GetFiles(directory, "*" + Segment.Extension);
            Array.Sort(paths, StringComparer.Ordinal);
            return paths;
        }
        catch (DirectoryNotFoundException)
        {
            // An epoch without a frame, or one that an agent at work has just finished.
            return [];
        }
    }

    private static void LoadSegment(EpochQueue queue, string path, ulong firstSeq, bool isLast, bool repair, ref long damaged)
    {
        using var file = File.OpenHandle(path, FileMode.Open, repair ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        var headerIsWhole = SegmentHeader.TryRead(bytes[..RandomAccess.Read(file, bytes, 0)], out var header) && header.FirstSeq == firstSeq && header.Epoch == queue.Epoch;
        var previous = queue.Segments.Count > 0 ? queue.Segments[^1] : null;
        if (previous is not null)
        {
            previous.LastSeq = firstSeq - 1;
            previous.ReadingsAfter = headerIsWhole ? header.ReadingsBefore : previous.ReadingsAfter;
        }

        var segment = new Segment(path, firstSeq, headerIsWhole ? header.ReadingsBefore : previous?.ReadingsAfter ?? 0)
        {
            Bytes = length,
            LastAppended = File.GetLastWriteTimeUtc(path),
        };
        queue.Segments.Add(segment);
        if (!isLast && headerIsWhole)
        {
            return;
        }

        var end = ScanToEnd(queue, segment, file, length, ref damaged);
        if (isLast)
        {
            damaged += length - end;
            segment.Bytes = end;
            if (repair && end < length)
            {
                RandomAccess.SetLength(file, end);
            }
        }
    }

    // Returns where the whole records end.
    private static long ScanToEnd(EpochQueue queue, Segment segment, Microsoft.Win32.SafeHandles.SafeFileHandle file, long length, ref long damaged)
    {
        using var scan = new SegmentScan(file, Math.Min(SegmentHeader.Size, length), length);
        while (scan.TryNext(out var record, out _))
        {
            segment.LastSeq = Math.Max(segment.LastSeq, record.Seq);
            segment.ReadingsAfter = Math.Max(segment.ReadingsAfter, record.ReadingsTotal);
        }

        damaged += scan.DamagedBytes;
        return scan.IntactEnd;
    }
}
