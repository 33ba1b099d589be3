using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// Finds out why the engine refused a data directory: it only says so on stderr. ClickHouse keeps the file <c>status</c> in the directory, with its process id,
/// and holds flock(2) on it while it runs; .NET's exclusive open asks for the same lock.
/// </summary>
internal static partial class DataDirectoryLock
{
    public static ClickHouseException WhyRefused(string directory)
    {
        string path = Path.GetFullPath(directory);
        string status = Path.Combine(path, "status");
        string holder = Holder(status);
        return IsHeld(status) && holder != Holding(Environment.ProcessId)
            ? new ClickHouseException(
                $"The ClickHouse data directory {path} is in use by another process{holder}. Stop that process, query through it, or choose another directory.", isTransient: true)
            : new ClickHouseException(
                $"The embedded ClickHouse engine did not open {path}: its reason is on the standard error output. Check that the directory is writable and every setting is known.", isTransient: false);
    }

    private static bool IsHeld(string status)
    {
        if (!File.Exists(status))
        {
            return false;
        }

        try
        {
            using FileStream file = new(status, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // .NET's own ways to open a file ask for a lock, and are refused; open(2) does not.
    private static string Holder(string status)
    {
        using SafeFileHandle file = new(OpenFile(status, 0), ownsHandle: true);
        if (file.IsInvalid)
        {
            return "";
        }

        Span<byte> content = stackalloc byte[256];
        string text = Encoding.UTF8.GetString(content[..RandomAccess.Read(file, content, 0)]);
        return Holding(text.Split('\n')[0].Trim());
    }

    private static string Holding(int processId) => Holding($"PID: {processId}");

    private static string Holding(string who) => $" ({who})";

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);
}
