using System.Diagnostics;
using System.Globalization;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>A file system of a few megabytes, in memory, and a file on it that takes all that is left.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string directory) => Directory = directory;

    public string Directory { get; }

    private string Filler => Path.Combine(Directory, "filler");

    /// <summary>Why this machine does not let these tests have one; null when it does.</summary>
    public static string? Problem { get; } = Try();

    public static SmallDisk Mount(int megabytes)
    {
        string directory = System.IO.Directory.CreateTempSubdirectory("iot-disk-").FullName;
        (int exitCode, string errors) = Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", directory);
        return exitCode == 0 ? new SmallDisk(directory) : throw new IOException($"mount: {errors}");
    }

    /// <summary>Takes all the room there is.</summary>
    public void Fill()
    {
        byte[] block = new byte[64 << 10];
        using FileStream filler = new(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (int length = block.Length; length > 0;)
        {
            try
            {
                filler.Write(block, 0, length);
            }
            catch (IOException)
            {
                length /= 2; // It is full, but for less than this.
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Clear() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: the kernel may hold files of a process that was killed a moment ago.
        Run("umount", "--lazy", Directory);
        System.IO.Directory.Delete(Directory);
    }

    private static string? Try()
    {
        try
        {
            using SmallDisk disk = Mount(1);
            return null;
        }
        catch (Exception refused) when (refused is IOException or System.ComponentModel.Win32Exception)
        {
            return $"a tmpfs of its own cannot be mounted here: {refused.Message.ReplaceLineEndings(" ")}";
        }
    }

    private static (int ExitCode, string Errors) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors.Trim());
    }
}
