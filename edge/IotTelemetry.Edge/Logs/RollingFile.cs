using System.Globalization;

namespace IotTelemetry.Edge.Logs;

/// <summary>
/// A log file that begins anew each day and when it is full: <c>edge.log</c> becomes <c>edge-20261120.log</c>, <c>edge-20261120-01.log</c> and so on. The oldest are deleted. Not thread-safe.
/// </summary>
/// <param name="path">The name without date.</param>
/// <param name="maximumBytes">A file this long is full.</param>
/// <param name="kept">How many files stay, the one being written included.</param>
internal sealed class RollingFile(string path, long maximumBytes, int kept) : IDisposable
{
    private readonly string _directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
    private readonly string _stem = Path.GetFileNameWithoutExtension(path) + "-";
    private readonly string _extension = Path.GetExtension(path);
    private FileStream? _file;
    private DateOnly _day;

    /// <summary>Appends a line.</summary>
    /// <exception cref="IOException">The disk is full, or the directory is missing.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write there.</exception>
    public void Write(DateTimeOffset now, ReadOnlySpan<byte> line)
    {
        var today = DateOnly.FromDateTime(now.DateTime);
        if (_file is null || today != _day || _file.Length >= maximumBytes)
        {
            Begin(today);
        }

        // At once: what a crash leaves must be readable.
        _file!.Write(line);
        _file.Flush();
    }

    public void Dispose() => _file?.Dispose();

    private void Begin(DateOnly today)
    {
        _file?.Dispose();
        _file = null;
        Directory.CreateDirectory(_directory);
        var name = _stem + today.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var target = Path.Combine(_directory, name + _extension);
        for (var number = 1; File.Exists(target) && new FileInfo(target).Length >= maximumBytes; number++)
        {
            target = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{name}-{number:D2}{_extension}"));
        }

        _file = new FileStream(target, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        _day = today;
        DeleteOldest();
    }

    private void DeleteOldest()
    {
        // The names sort by their time: date, then number.
        var files = Directory.GetFiles(_directory, $"{_stem}????????*{_extension}");
        Array.Sort(files, static (a, b) => string.CompareOrdinal(Path.GetFileNameWithoutExtension(a), Path.GetFileNameWithoutExtension(b)));
        foreach (var old in files.AsSpan(0, Math.Max(0, files.Length - kept)))
        {
            File.Delete(old);
        }
    }
}
