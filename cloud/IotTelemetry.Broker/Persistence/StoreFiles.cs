using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace IotTelemetry.Broker.Persistence;

/// <summary>
/// The files of a store: <c>N.snapshot</c> holds everything up to file N, <c>N.log</c> what happened then, in the order of the numbers. A compaction reads
/// the snapshot and the closed logs and writes them as one new snapshot; until that has its final name the old files count. Not thread-safe, but
/// <see cref="Compact"/> may run beside <see cref="Append"/>.
/// </summary>
internal sealed class StoreFiles : IDisposable
{
    private const string LogSuffix = ".log";
    private const string SnapshotSuffix = ".snapshot";
    private const string UnfinishedSuffix = ".tmp";

    private readonly long _compactAfterBytes;
    private readonly FileStream _lock;
    private SafeFileHandle? _handle;
    private long _length;
    private long _bytesSinceSnapshot;
    private long _snapshotBytes;

    public StoreFiles(string directory, long compactAfterBytes)
    {
        Directory = System.IO.Directory.CreateDirectory(directory).FullName;
        _compactAfterBytes = compactAfterBytes;

        // Held until the end, so that a second broker on the same directory fails at once.
        _lock = new FileStream(Path.Combine(Directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    public string Directory { get; }

    /// <summary>Number of the log being written.</summary>
    public long Active { get; private set; }

    /// <summary>Reads everything, writes it as one snapshot and opens a new log.</summary>
    /// <param name="damaged">Files whose tail could not be read and is given up.</param>
    public StoredState Load(out List<string> damaged)
    {
        var numbers = Numbers(LogSuffix).Concat(Numbers(SnapshotSuffix)).DefaultIfEmpty(0);
        var last = numbers.Max();
        var state = Read(last, out damaged);
        WriteSnapshot(last, state);
        Open(last + 1);
        return state;
    }

    /// <summary>The log is so long that it should be closed and compacted.</summary>
    public bool WantsRoll(int bytes) => _bytesSinceSnapshot + bytes > Math.Max(_compactAfterBytes, 2 * Volatile.Read(ref _snapshotBytes));

    /// <summary>Appends to the log and waits until the disk has it.</summary>
    public void Append(ReadOnlySpan<byte> records)
    {
        if (records.IsEmpty)
        {
            return;
        }

        try
        {
            RandomAccess.Write(_handle!, records, _length);
            RandomAccess.FlushToDisk(_handle!);
            _length += records.Length;
            _bytesSinceSnapshot += records.Length;
        }
        catch (IOException)
        {
            // Half a batch must not stand before the next one.
            RandomAccess.SetLength(_handle!, _length);
            throw;
        }
    }

    /// <summary>Closes the log and opens the next; <see cref="Compact"/> is to follow.</summary>
    public void Roll()
    {
        _bytesSinceSnapshot = 0;
        Open(Active + 1);
    }

    /// <summary>Makes one snapshot of the old one and the closed logs.</summary>
    public void Compact()
    {
        var last = Active - 1;
        WriteSnapshot(last, Read(last, out _));
    }

    public void Dispose()
    {
        _handle?.Dispose();
        _lock.Dispose();
    }

    private void Open(long number)
    {
        _handle?.Dispose();
        _handle = File.OpenHandle(PathOf(number, LogSuffix), FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        _length = 0;
        Active = number;
    }

    private StoredState Read(long last, out List<string> damaged)
    {
        var state = new StoredState();
        damaged = [];
        var snapshot = Numbers(SnapshotSuffix).Where(number => number <= last).DefaultIfEmpty(0).Max();
        var paths = Numbers(LogSuffix).Where(number => number > snapshot && number <= last).Order().Select(number => PathOf(number, LogSuffix));
        if (snapshot > 0)
        {
            paths = paths.Prepend(PathOf(snapshot, SnapshotSuffix));
        }

        foreach (var path in paths)
        {
            if (RecordFile.Read(path, state) < new FileInfo(path).Length)
            {
                damaged.Add(path);
            }
        }

        return state;
    }

    private void WriteSnapshot(long number, StoredState state)
    {
        const int chunk = 1 << 20;
        if (number == 0)
        {
            return;
        }

        var unfinished = PathOf(number, UnfinishedSuffix);
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            var writer = new RecordWriter();
            state.WriteTo(writer, () => Flush(chunk));
            Flush(0);
            stream.Flush(flushToDisk: true);
            Volatile.Write(ref _snapshotBytes, stream.Length);

            void Flush(int least)
            {
                if (writer.Length > least)
                {
                    stream.Write(writer.Written.Span);
                    writer.Clear(2 * chunk);
                }
            }
        }

        File.Move(unfinished, PathOf(number, SnapshotSuffix), overwrite: true);
        foreach (var old in Numbers(LogSuffix).Where(old => old <= number))
        {
            File.Delete(PathOf(old, LogSuffix));
        }

        foreach (var old in Numbers(SnapshotSuffix).Where(old => old < number))
        {
            File.Delete(PathOf(old, SnapshotSuffix));
        }
    }

    private IEnumerable<long> Numbers(string suffix)
    {
        foreach (var path in System.IO.Directory.GetFiles(Directory, "*" + suffix))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return number;
            }
        }
    }

    private string PathOf(long number, string suffix) => Path.Combine(Directory, number.ToString("D10", CultureInfo.InvariantCulture) + suffix);
}
