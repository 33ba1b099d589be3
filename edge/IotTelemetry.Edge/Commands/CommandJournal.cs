using System.Text.Json;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>
/// Remembers commands on the disk, one JSON object a line, forced down before the output moves, so that a repeat after any restart is answered and not repeated. Keeps the newest
/// <see cref="Kept"/> and writes itself anew when it has grown to twice that. Not thread-safe.
/// </summary>
internal sealed class CommandJournal : IDisposable
{
    /// <summary>More than the commands one gateway gets within the day that a command may live at most.</summary>
    public const int Kept = 4096;

    private readonly string _path;
    private readonly Dictionary<(Guid, CommandPhase), JournalEntry> _entries = [];
    private readonly Queue<(Guid, CommandPhase)> _order = new();
    private FileStream _file;
    private int _lines;

    public CommandJournal(string path)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            Load(line);
        }

        _file = Rewrite();
    }

    /// <summary>Lines that could not be read at the start: the torn end of the last one, usually.</summary>
    public int Unreadable { get; private set; }

    public JournalEntry? Find(Guid id, CommandPhase phase) => _entries.GetValueOrDefault((id, phase));

    /// <summary>Remembers an entry, in place of an earlier one of the same id and phase. When it returns, it is on the disk.</summary>
    /// <exception cref="IOException">The disk would not take it: the command must not be carried out.</exception>
    public void Write(JournalEntry entry)
    {
        if (_lines >= 2 * Kept)
        {
            _file.Dispose();
            _file = Rewrite();
        }

        Append(_file, entry);
        _file.Flush(flushToDisk: true);
        _lines++;
        Remember(entry);
    }

    public void Dispose() => _file.Dispose();

    private static void Append(FileStream file, JournalEntry entry)
    {
        JsonSerializer.Serialize(file, JournalLine.Of(entry), CommandJson.Default.JournalLine);
        file.WriteByte((byte)'\n');
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
        while (_order.Count > Kept)
        {
            _entries.Remove(_order.Dequeue());
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
        return new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }
}
