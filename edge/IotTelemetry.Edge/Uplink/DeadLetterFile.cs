using System.Buffers;
using System.Text.Json;

namespace IotTelemetry.Edge.Uplink;

/// <summary>
/// Frames that will never be stored, one JSON object a line with the reason and the frame in base64, so that a person can look at them. When the file has grown to
/// its limit it becomes <c>….1</c>, and the one before that goes. Used by the uplink's loop alone.
/// </summary>
internal sealed class DeadLetterFile(string path, long maximumBytes = 4 * 1024 * 1024) : IDisposable
{
    private FileStream? _file;

    public string Path { get; } = path;

    /// <summary>Writes one frame, whole or not at all; it is on the disk after <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Append(ulong epoch, ulong seq, string reason, ReadOnlyMemory<byte> frame, DateTimeOffset at)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("at", at);
            json.WriteNumber("epoch", epoch);
            json.WriteNumber("seq", seq);
            json.WriteString("reason", reason);
            json.WriteBase64String("frame", frame.Span);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        _file ??= Open();
        if (_file.Length > 0 && _file.Length + line.WrittenCount > maximumBytes)
        {
            _file.Dispose();
            _file = null;
            File.Move(Path, Path + ".1", overwrite: true);
            _file = Open();
        }

        var end = _file.Length;
        try
        {
            _file.Write(line.WrittenSpan);
        }
        catch (IOException)
        {
            _file.SetLength(end);
            throw;
        }
    }

    public void Flush() => _file?.Flush(flushToDisk: true);

    public void Dispose() => _file?.Dispose();

    private FileStream Open() => new(Path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
}
