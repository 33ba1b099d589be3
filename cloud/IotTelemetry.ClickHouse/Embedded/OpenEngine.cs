using System.Runtime.InteropServices;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// The one engine that is open in this process, and its end: with a connection open after an insert, the engine's own exit code crashes the process (SIGSEGV in
/// most runs), so every way out closes it first.
/// </summary>
internal static partial class OpenEngine
{
    private static readonly Lock Gate = new();
    private static EmbeddedEngine? s_engine;
    private static string? s_path;
    private static bool s_watching;

    /// <summary>Takes the process's only place. The library gives no second path to a process, and says nothing about why.</summary>
    public static void Claim(string path)
    {
        lock (Gate)
        {
            if (s_path is not null)
            {
                throw new InvalidOperationException(
                    $"The embedded ClickHouse engine is open in this process on {s_path}; a process holds one data directory at a time: dispose that engine before opening {path}.");
            }

            s_path = path;
            if (!s_watching)
            {
                AppDomain.CurrentDomain.ProcessExit += (_, _) => CloseAtExit();
                AppDomain.CurrentDomain.UnhandledException += (_, _) => CloseAtExit();
                s_watching = true;
            }
        }
    }

    public static void Set(EmbeddedEngine engine)
    {
        lock (Gate)
        {
            s_engine = engine;
        }
    }

    public static void Release()
    {
        lock (Gate)
        {
            s_engine = null;
            s_path = null;
        }
    }

    // Return from main, Environment.Exit, SIGTERM and SIGINT without a handler end in ProcessExit; an unhandled exception aborts after its event.
    private static void CloseAtExit()
    {
        EmbeddedEngine? engine;
        lock (Gate)
        {
            engine = s_engine;
        }

        if (engine is not null && !engine.Close())
        {
            // A statement hangs inside the engine. What inserts returned is safe on disk; end here, without the engine's exit code, which would crash.
            Console.Error.WriteLine("The embedded ClickHouse engine did not close in time; the process ends at once.");
            ExitNow(Environment.ExitCode);
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int status);
}
