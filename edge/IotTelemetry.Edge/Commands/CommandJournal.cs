using System.Text.Json;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Remembers commands on the disk, one JSON object a line, so that a repeat after any restart is answered and not repeated, and interlocks know what was switched when. What several commands
/// write at one time is forced to the disk together. Keeps a day's entries, and fewer when it is full, and writes itself anew when it has grown. Thread-safe.
/// </summary>
internal sealed class CommandJournal : IAsyncDisposable
{
    private readonly string _path;
    private readonly Func<JournalStamp> _now;
    private readonly Lock _gate = new();
    private readonly List<(JournalEntry? Entry, TaskCompletionSource Written)> _waiting = [];
    private readonly int _rewriteLines;
    private readonly CommandMemory _memory;
    private Task _writing = Task.CompletedTask;
    private Task _turningAway = Task.CompletedTask;
    private FileStream? _file;
    private int _lines;
    private int _rewriteAt;
    private bool _isTorn;

    /// <summary>The journal in <paramref name="path"/>.</summary>
    /// <param name="path">Its file; made when it is not there.</param>
    /// <param name="now">The time.</param>
    /// <param name="rewriteLines">Lines after which it writes itself anew, if that makes it shorter.</param>
    /// <param name="maximum">How many commands it remembers.</param>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public CommandJournal(string path, Func<JournalStamp> now, int rewriteLines = 4096, int maximum = CommandMemory.MaximumEntries)
    {
        _path = path;
        _now = now;
        _rewriteLines = rewriteLines;
        _memory = new CommandMemory(maximum, now());
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
            {
                Load(line);
            }
        }
        catch (IOException)
        {
            // A sector that cannot be read counts as a line.
            Unreadable++;
        }

        _memory.Forget(now());
        try
        {
            _file = Rewrite();
        }
        catch (IOException exception)
        {
            // A full or read-only disk: what is remembered counts all the same, and each command that comes tries again.
            Problem = exception.Message;
        }
    }

    /// <summary>Why the disk took nothing at the start; null when it did.</summary>
    public string? Problem { get; }

    /// <summary>Lines that could not be read at the start: the torn end of the last one, usually.</summary>
    public int Unreadable { get; private set; }

    /// <summary>The latest expiry, by the clock of the cloud, of the commands that were forgotten: what expires no later may have been carried out. 0: none was.</summary>
    public long ForgottenMs
    {
        get
        {
            lock (_gate)
            {
                return _memory.ForgottenMs;
            }
        }
    }

    /// <summary>What was issued no later, by the clock of the cloud, and is not remembered, was turned away, or may have been. -1: nothing was.</summary>
    public long TurnedAwayMs
    {
        get
        {
            lock (_gate)
            {
                return _memory.TurnedAwayMs;
            }
        }
    }

    /// <summary>Whether one more command can be remembered; forgets what it may for that.</summary>
    public bool HasRoomFor(CommandOrigin origin)
    {
        lock (_gate)
        {
            return _memory.HasRoomFor(origin, _now());
        }
    }

    /// <summary>Remembers that a command was turned away for want of room, without taking any: by the time it was issued. When the task completes, it is on the disk.</summary>
    /// <exception cref="IOException">The disk would not take it.</exception>
    public Task TurnAwayAsync(long issuedMs)
    {
        lock (_gate)
        {
            return _memory.TurnAway(issuedMs) ? _turningAway = Enqueue(null) : _turningAway;
        }
    }

    public JournalEntry? Find(Guid id, CommandPhase phase)
    {
        lock (_gate)
        {
            return _memory.Find(id, phase);
        }
    }

    /// <summary>Commands that were under way when the agent ended.</summary>
    public IReadOnlyList<JournalEntry> Open()
    {
        lock (_gate)
        {
            return [.. _memory.Entries().Where(e => e.Switch is not null && e.IsOpen)];
        }
    }

    /// <summary>Everything that was switched, or may have been, oldest first.</summary>
    public IReadOnlyList<PastSwitch> Switches()
    {
        lock (_gate)
        {
            var now = _now();
            return [.. _memory.Entries().Where(e => e.MayHaveSwitched).Select(e => new PastSwitch(e.Switch!.Asset, e.Switch.Point, e.Switch.Value != 0, e.Stamp.AgeAt(now)))];
        }
    }

    /// <summary>Remembers an entry that the disk will not take, for as long as the agent runs.</summary>
    public void Keep(JournalEntry entry)
    {
        lock (_gate)
        {
            _memory.Remember(entry);
        }
    }

    /// <summary>Remembers an entry, in place of an earlier one of the same id and phase: at once for <see cref="Find"/>; when the task completes, it is on the disk.</summary>
    /// <exception cref="IOException">The disk would not take it.</exception>
    public Task WriteAsync(JournalEntry entry)
    {
        lock (_gate)
        {
            _memory.Remember(entry);
            return Enqueue(entry);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task writing;
        lock (_gate)
        {
            writing = _writing;
        }

        await writing;
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    private static void Append(FileStream file, JournalLine line)
    {
        JsonSerializer.Serialize(file, line, CommandJson.Default.JournalLine);
        file.WriteByte((byte)'\n');
    }

    /// <summary>Lets an entry, or with null what is known of those that are not remembered, be written.</summary>
    private Task Enqueue(JournalEntry? entry)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((entry, written));
        if (_writing.IsCompleted)
        {
            _writing = Task.Run(WriteWaiting);
        }

        return written.Task;
    }

    private void WriteWaiting()
    {
        while (true)
        {
            (JournalEntry? Entry, TaskCompletionSource Written)[] batch;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    // Under the lock, so that whoever comes next starts a writer of its own.
                    _writing = Task.CompletedTask;
                    return;
                }

                batch = [.. _waiting];
                _waiting.Clear();
            }

            try
            {
                Write(batch);
                Array.ForEach(batch, b => b.Written.SetResult());
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                var failure = exception as IOException ?? new IOException(exception.Message, exception);
                Array.ForEach(batch, b => b.Written.SetException(failure));
            }
        }
    }

    private void Write((JournalEntry? Entry, TaskCompletionSource Written)[] batch)
    {
        if (_file is null || _lines >= _rewriteAt)
        {
            // With all that is remembered by now, this batch too.
            FileStream fresh;
            lock (_gate)
            {
                _memory.Forget(_now());
                fresh = Rewrite();
            }

            _file?.Dispose();
            _file = fresh;
            return;
        }

        if (_isTorn)
        {
            _file.WriteByte((byte)'\n');
        }

        _isTorn = true;
        foreach (var (entry, _) in batch)
        {
            Append(_file, entry is null ? Bounds() : JournalLine.Of(entry));
        }

        _file.Flush(flushToDisk: true);
        _isTorn = false;
        _lines += batch.Length;
    }

    private void Load(string line)
    {
        try
        {
            switch (JsonSerializer.Deserialize(line, CommandJson.Default.JournalLine))
            {
                case { ForgottenMs: { } forgotten, TurnedAwayMs: { } turnedAway }:
                    _memory.Recall(forgotten, turnedAway);
                    break;
                case { } read:
                    _memory.Remember(read.ToEntry());
                    break;
            }
        }
        catch (JsonException)
        {
            Unreadable++;
        }
    }

    private JournalLine Bounds()
    {
        lock (_gate)
        {
            return JournalLine.Of(_memory.ForgottenMs, _memory.TurnedAwayMs);
        }
    }

    private FileStream Rewrite()
    {
        var beside = _path + ".new";
        var lines = 0;
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            if (_memory.HasBounds)
            {
                Append(file, Bounds());
                lines++;
            }

            foreach (var entry in _memory.Entries())
            {
                Append(file, JournalLine.Of(entry));
                lines++;
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(beside, _path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(_path)!);
        _lines = lines;
        _rewriteAt = Math.Max(_rewriteLines, 2 * _lines);
        _isTorn = false;
        return new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }
}
