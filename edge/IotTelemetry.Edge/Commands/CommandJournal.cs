using System.Text.Json;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Remembers commands on the disk, one JSON object a line, so that a repeat after any restart is answered and not repeated, and interlocks know what was switched when. What several commands
/// write at one time is forced to the disk together. Keeps a day's entries and writes itself anew when it has grown. Thread-safe.
/// </summary>
internal sealed class CommandJournal : IAsyncDisposable
{
    /// <summary>How long an entry is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>More commands than this within a day are not taken.</summary>
    public const int MaximumEntries = 8192;

    private readonly string _path;
    private readonly Func<JournalStamp> _now;
    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid, CommandPhase), JournalEntry> _entries = [];
    private readonly Queue<(Guid, CommandPhase)> _order = new();
    private readonly List<(JournalEntry Entry, TaskCompletionSource Written)> _waiting = [];
    private readonly int _rewriteLines;
    private readonly JournalStamp _opened;
    private Task _writing = Task.CompletedTask;
    private FileStream? _file;
    private int _lines;
    private int _rewriteAt;
    private bool _isTorn;

    /// <summary>The journal in <paramref name="path"/>.</summary>
    /// <param name="path">Its file; made when it is not there.</param>
    /// <param name="now">The time.</param>
    /// <param name="rewriteLines">Lines after which it writes itself anew, if that makes it shorter.</param>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public CommandJournal(string path, Func<JournalStamp> now, int rewriteLines = 4096)
    {
        _path = path;
        _now = now;
        _rewriteLines = rewriteLines;
        _opened = now();
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

        Forget();
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

    /// <summary>Whether more commands can be remembered.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return _entries.Count < MaximumEntries;
            }
        }
    }

    public JournalEntry? Find(Guid id, CommandPhase phase)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault((id, phase));
        }
    }

    /// <summary>Commands that were under way when the agent ended.</summary>
    public IReadOnlyList<JournalEntry> Open()
    {
        lock (_gate)
        {
            return [.. _order.Select(key => _entries[key]).Where(e => e.Switch is not null && e.IsOpen)];
        }
    }

    /// <summary>Everything that was switched, or may have been, oldest first.</summary>
    public IReadOnlyList<PastSwitch> Switches()
    {
        lock (_gate)
        {
            var now = _now();
            return [.. _order.Select(key => _entries[key]).Where(e => e.MayHaveSwitched).Select(e => new PastSwitch(e.Switch!.Asset, e.Switch.Point, e.Switch.Value != 0, e.Stamp.AgeAt(now)))];
        }
    }

    /// <summary>Remembers an entry that the disk will not take, for as long as the agent runs.</summary>
    public void Keep(JournalEntry entry)
    {
        lock (_gate)
        {
            Remember(entry);
        }
    }

    /// <summary>Remembers an entry, in place of an earlier one of the same id and phase: at once for <see cref="Find"/>; when the task completes, it is on the disk.</summary>
    /// <exception cref="IOException">The disk would not take it.</exception>
    public Task WriteAsync(JournalEntry entry)
    {
        lock (_gate)
        {
            Remember(entry);
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((entry, written));
            if (_writing.IsCompleted)
            {
                _writing = Task.Run(WriteWaiting);
            }

            return written.Task;
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

    private static void Append(FileStream file, JournalEntry entry)
    {
        JsonSerializer.Serialize(file, JournalLine.Of(entry), CommandJson.Default.JournalLine);
        file.WriteByte((byte)'\n');
    }

    private void WriteWaiting()
    {
        while (true)
        {
            (JournalEntry Entry, TaskCompletionSource Written)[] batch;
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

    private void Write((JournalEntry Entry, TaskCompletionSource Written)[] batch)
    {
        if (_file is null || _lines >= _rewriteAt)
        {
            // With all that is remembered by now, this batch too.
            FileStream fresh;
            lock (_gate)
            {
                Forget();
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
            Append(_file, entry);
        }

        _file.Flush(flushToDisk: true);
        _isTorn = false;
        _lines += batch.Length;
    }

    private void Load(string line)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, CommandJson.Default.JournalLine) is { } read)
            {
                Remember(read.ToEntry());
            }
        }
        catch (JsonException)
        {
            Unreadable++;
        }
    }

    private void Remember(JournalEntry entry)
    {
        var key = (entry.Id, entry.Phase);
        if (!_entries.ContainsKey(key))
        {
            _order.Enqueue(key);
        }

        _entries[key] = entry;
    }

    // The order is that of the first writing, so the oldest come first.
    private void Forget()
    {
        var now = _now();
        while (_order.TryPeek(out var key))
        {
            // What cannot be dated is at least as old as this run, and goes when its place is wanted.
            var entry = _entries[key];
            var age = entry.Stamp.AgeAt(now);
            var isUnwanted = age is null && _entries.Count >= MaximumEntries;
            if (!isUnwanted && (age ?? _opened.AgeAt(now)) < Kept)
            {
                return;
            }

            _order.Dequeue();
            _entries.Remove(key);
        }
    }

    private FileStream Rewrite()
    {
        var beside = _path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (var key in _order)
            {
                Append(file, _entries[key]);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(beside, _path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(_path)!);
        _lines = _order.Count;
        _rewriteAt = Math.Max(_rewriteLines, 2 * _lines);
        _isTorn = false;
        return new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }
}
