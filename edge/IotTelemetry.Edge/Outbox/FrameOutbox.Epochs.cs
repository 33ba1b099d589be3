namespace IotTelemetry.Edge.Outbox;

/// <content>How epochs begin, drain and end, what is deleted, and what the ledger remembers of it. All under the lock.</content>
internal sealed partial class FrameOutbox
{
    /// <summary>Gives up the oldest segment; false when there is none but the one being written.</summary>
    private bool DropOldest(string reason)
    {
        var queue = _queues[0];
        if (queue.Segments.Count == 0 || (queue.Segments[0] == _writer?.Segment && queue.Segments[0].LastSeq < queue.Segments[0].FirstSeq))
        {
            return false;
        }

        var oldest = queue.Segments[0];
        var firstLost = Math.Max(oldest.FirstSeq, queue.ConfirmedSeq + 1);
        if (oldest.LastSeq >= firstLost)
        {
            var frames = oldest.LastSeq - firstLost + 1;
            var readings = SegmentTally.ReadingsFrom(oldest, firstLost);
            _totals = _totals with { DroppedFrames = _totals.DroppedFrames + frames, DroppedReadings = _totals.DroppedReadings + readings };
            OutboxLog.FramesDropped(_log, reason, queue.Epoch, firstLost, oldest.LastSeq, readings);
        }

        if (oldest == _writer?.Segment)
        {
            _writer.Dispose();
            Volatile.Write(ref _writer, null);
        }

        Delete(queue, oldest);
        CloseIfDone(queue);
        _ledgerIsOld = true;
        return true;
    }

    private void RemoveConfirmed()
    {
        for (var i = _queues.Count - 1; i >= 0; i--)
        {
            var queue = _queues[i];
            while (queue.Segments.Count > 0 && queue.Segments[0] is var first && first.LastSeq <= queue.ConfirmedSeq && first != _writer?.Segment)
            {
                Delete(queue, first);
            }

            CloseIfDone(queue);
        }
    }

    private void Delete(EpochQueue queue, Segment segment)
    {
        File.Delete(segment.Path);
        queue.Segments.Remove(segment);
        _bytes -= segment.Bytes;
    }

    private void CloseIfDone(EpochQueue queue)
    {
        if (queue == _current || queue.Segments.Count > 0)
        {
            return;
        }

        // The ledger takes over what the segments told, before they are gone for good.
        _closed.Add(new LedgerEpoch(queue.Epoch, queue.LastSeq, queue.ReadingsAppended, queue.ConfirmedSeq));
        _queues.Remove(queue);
        Interlocked.Increment(ref _epochChanges);
        SaveLedger();
        Directory.Delete(queue.Directory, recursive: true);
        OutboxLog.EpochDrained(_log, queue.Epoch, queue.LastSeq, queue.ReadingsAppended);
    }

    private EpochQueue? Continue(OutboxContent content)
    {
        if (_queues.Count == 0)
        {
            return null;
        }

        var last = _queues[^1];
        string? doubt = content.LastIsDoubtful ? "the end of the last one is torn or damaged"
            : content.LedgerProblem is not null ? "the ledger could not be read"
            : content.Ledger.HostBoot != HostBoot.Id ? "the machine has booted since"
            : last.Pending > (ulong)_options.LongBacklogFrames ? "a long backlog was found"
            : null;
        if (doubt is null)
        {
            return last;
        }

        OutboxLog.EpochBegins(_log, doubt, last.Epoch, last.Pending);
        return null;
    }

    private void StartEpoch(string reason)
    {
        OutboxLog.EpochBegins(_log, reason, _current.Epoch, _current.Pending);
        _writer?.Dispose();
        Volatile.Write(ref _writer, null);
        var birth = _current.Birth;
        _current = AddEpoch();
        WriteBirth(_current, birth);
        RemoveConfirmed();
        SaveLedger();
    }

    // Milliseconds and ten random bits: an outbox that was wiped, on a device whose clock starts anew at each boot, must not meet its own past.
    private EpochQueue AddEpoch()
    {
        var previous = Math.Max(_queues.Count > 0 ? _queues[^1].Epoch : 0, _closed.Count > 0 ? _closed.Max(e => e.Epoch) : 0);
        var epoch = Math.Max(previous + 1, ((ulong)Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds()) << 10) | (uint)_random.Next(1024));
        var queue = new EpochQueue(epoch, Path.Combine(_options.Directory, EpochQueue.DirectoryName(epoch)));
        Directory.CreateDirectory(queue.Directory);
        DirectorySync.Flush(_options.Directory);
        _queues.Add(queue);
        Interlocked.Increment(ref _epochChanges);
        return queue;
    }

    private static void WriteBirth(EpochQueue queue, ReadOnlyMemory<byte> birth)
    {
        if (birth.Span.SequenceEqual(queue.Birth.Span))
        {
            return;
        }

        queue.Birth = birth;
        var path = Path.Combine(queue.Directory, OutboxLoader.BirthFile);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(birth.Span);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
        DirectorySync.Flush(queue.Directory);
    }

    private OutboxLedger Ledger()
    {
        while (_closed.Count > EpochsRemembered)
        {
            _totals = _totals with { EarlierFrames = _totals.EarlierFrames + _closed[0].LastSeq, EarlierReadings = _totals.EarlierReadings + _closed[0].ReadingsAppended };
            _closed.RemoveAt(0);
        }

        return _totals with
        {
            HostBoot = HostBoot.Id,
            Epochs = [.. _closed, .. _queues.Select(q => new LedgerEpoch(q.Epoch, q.LastSeq, q.ReadingsAppended, q.ConfirmedSeq))],
        };
    }

    private void SaveLedger()
    {
        LedgerFile.Save(_options.Directory, Ledger());
        _ledgerIsOld = false;
        _ledgerSavedAt = _time.GetTimestamp();
    }
}
