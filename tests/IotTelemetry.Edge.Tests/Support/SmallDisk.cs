using System.Globalization;

namespace IotTelemetry.Edge.Tests;

/// <summary>A tmpfs of its own with little room.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempDirectory _place = new();

    public SmallDisk(long bytes) => SystemTool.Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={bytes}"), "tmpfs", _place.Path);

    public string Path => _place.Path;

    /// <summary>Takes all room but <paramref name="leave"/> bytes, as another program's log does.</summary>
    public void Fill(long leave = 0)
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            for (var written = 0; written < 1 << 30; written += block.Length)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
            file.SetLength(Math.Max(0, file.Length - leave));
        }
    }

    public void Free() => File.Delete(System.IO.Path.Combine(Path, "filler"));

    /// <summary>As the kernel does when the card begins to fail; nothing may be open for writing.</summary>
    public void MakeReadOnly() => SystemTool.Run("mount", "-o", "remount,ro", Path);

    public void Dispose()
    {
        // Lazily: a process that is just being started beside this one holds every open file for a moment.
        SystemTool.Run("umount", "-l", Path);
        _place.Dispose();
    }

    /// <summary>Why there can be none; null when there can.</summary>
    public static string? Obstacle()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return "a small disk needs Linux and root, who may mount a tmpfs";
        }

        try
        {
            using var probe = new SmallDisk(1 << 20);
            return null;
        }
        catch (IOException exception)
        {
            return $"no tmpfs can be mounted here: {exception.Message}";
        }
    }
}
