using System.Globalization;

namespace IotTelemetry.Edge.Tests;

/// <summary>A memory card of its own: ext4 in a file behind a loop device. What reaches the device is counted, and the card can be pulled out under whoever writes.</summary>
internal sealed class CardImage : IDisposable
{
    private const long Bytes = 64 << 20;
    private const int SectorsWritten = 6;
    private const int SectorSize = 512;

    private readonly string _place;
    private readonly string _image;

    /// <param name="isLazy">Whether nothing but fsync brings a file's new size to the device for minutes; otherwise the file system does so by itself within half a minute or so.</param>
    /// <exception cref="IOException">There can be none here.</exception>
    public CardImage(bool isLazy)
        : this(null, isLazy ? "loop,noatime,commit=600" : "loop,noatime")
    {
    }

    private CardImage(string? copied, string options)
    {
        _place = Directory.CreateTempSubdirectory("iot-card-").FullName;
        _image = System.IO.Path.Combine(_place, "image");
        Path = Directory.CreateDirectory(System.IO.Path.Combine(_place, "card")).FullName;
        if (copied is not null)
        {
            File.Copy(copied, _image);
        }
        else
        {
            using (var file = new FileStream(_image, FileMode.CreateNew))
            {
                file.SetLength(Bytes);
            }

            SystemTool.Run("mkfs.ext4", "-q", "-F", _image);
        }

        SystemTool.Run("mount", "-o", options, _image, Path);
    }

    /// <summary>The card's directory.</summary>
    public string Path { get; }

    /// <summary>Bytes that were written to the device since it is there, the file system's own included (Documentation/block/stat.rst of Linux).</summary>
    public long BytesWritten()
    {
        foreach (var line in File.ReadLines("/proc/mounts"))
        {
            if (line.Split(' ') is [var device, var path, ..] && path == Path)
            {
                var fields = File.ReadAllText($"/sys/block/{System.IO.Path.GetFileName(device)}/stat").Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return long.Parse(fields[SectorsWritten], CultureInfo.InvariantCulture) * SectorSize;
            }
        }

        throw new IOException($"{Path} is not mounted");
    }

    /// <summary>What a power cut at this moment leaves: what has reached the device and nothing else.</summary>
    public CardImage PullOut() => new(_image, "loop");

    public void Dispose()
    {
        // Lazily: a process that is just being started beside this one holds every open file for a moment.
        SystemTool.Run("umount", "-l", Path);
        Directory.Delete(_place, recursive: true);
    }

    /// <summary>Why there can be none; null when there can.</summary>
    public static string? Obstacle()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return "a card needs Linux and root, who may mount a loop device";
        }

        try
        {
            using var probe = new CardImage(isLazy: true);
            return null;
        }
        catch (IOException exception)
        {
            return $"no card can be mounted here: {exception.Message}";
        }
    }
}
