using System.Reflection;
using System.Runtime.InteropServices;

namespace IotTelemetry.ClickHouse.Embedded.Interop;

/// <summary>Finds and loads the engine's library, once per process: it is 540 MB, so it is never copied beside the program.</summary>
internal static class ChdbLibrary
{
    private const string Variable = "IOT_CLICKHOUSE_LIBRARY";
    private const string FileName = "libchdb.so";
    private static readonly string Package = Path.Combine("cloud", "engine", "node_modules", "@chdb", "lib-linux-x64-gnu", FileName);
    private static readonly Lock Gate = new();
    private static nint s_handle;
    private static string s_path = "";

    public static void Load(string? explicitPath)
    {
        lock (Gate)
        {
            string path = Find(explicitPath);
            if (s_handle != 0)
            {
                if (path != s_path)
                {
                    throw new ClickHouseException($"The engine library {s_path} is loaded in this process; {path} cannot be loaded beside it.", isTransient: false);
                }

                return;
            }

            try
            {
                s_handle = NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new ClickHouseException($"The engine library {path} does not load: {e.Message}. It needs 64-bit Linux with glibc.", isTransient: false, e);
            }

            s_path = path;
            NativeLibrary.SetDllImportResolver(typeof(ChdbLibrary).Assembly, Resolve);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Chdb.Library ? s_handle : 0;

    private static string Find(string? explicitPath)
    {
        if (explicitPath is not null)
        {
            return File.Exists(explicitPath)
                ? Path.GetFullPath(explicitPath)
                : throw Missing($"EmbeddedEngineOptions.LibraryPath is {explicitPath}, which is not a file");
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } fromVariable)
        {
            return File.Exists(fromVariable) ? Path.GetFullPath(fromVariable) : throw Missing($"{Variable} is {fromVariable}, which is not a file");
        }

        string beside = Path.Combine(AppContext.BaseDirectory, FileName);
        if (File.Exists(beside))
        {
            return beside;
        }

        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string path = Path.Combine(directory.FullName, Package);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw Missing($"there is no {FileName} beside the program and no {Package} in {AppContext.BaseDirectory} or above it");
    }

    private static ClickHouseException Missing(string what) =>
        new($"The ClickHouse engine library was not found: {what}. Install it with 'npm ci' in cloud/engine, or set {Variable} to the file.", isTransient: false);
}
