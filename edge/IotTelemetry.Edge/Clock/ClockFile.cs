using System.Text.Json;

namespace IotTelemetry.Edge.Clock;

/// <summary>Keeps the <see cref="ClockMark"/> in the state directory. It is a hint, so nothing waits for the disk, and a file that cannot be read is none.</summary>
internal sealed class ClockFile(string path)
{
    public ClockMark? Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ClockJson.Default.ClockMark) : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Write(ClockMark mark)
    {
        var beside = path + ".new";
        File.WriteAllBytes(beside, JsonSerializer.SerializeToUtf8Bytes(mark, ClockJson.Default.ClockMark));
        File.Move(beside, path, overwrite: true);
    }
}
