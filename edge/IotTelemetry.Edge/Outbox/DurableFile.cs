namespace IotTelemetry.Edge.Outbox;

/// <summary>Small files that are replaced whole or not at all.</summary>
internal static class DurableFile
{
    /// <summary>Writes the content beside the file, forces it to the disk and gives it the file's name, which is on the disk when this returns.</summary>
    /// <exception cref="IOException">The disk is full or failed; the file is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var beside = path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }
}
