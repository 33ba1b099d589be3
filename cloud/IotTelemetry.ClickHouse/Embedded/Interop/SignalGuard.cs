using System.Runtime.InteropServices;

namespace IotTelemetry.ClickHouse.Embedded.Interop;

/// <summary>
/// Keeps the .NET runtime's signal handlers over calls into the engine. Even told to install none, the engine takes signal 34 (SIGRTMIN), with which the
/// runtime stops threads for garbage collection: collections then take 5 s each. Without SIGSEGV, a NullReferenceException becomes a crash or a hang.
/// </summary>
internal sealed unsafe partial class SignalGuard : IDisposable
{
    // struct sigaction is 152 bytes in glibc (x64, arm64); its content is only saved, compared and put back.
    private const int ActionSize = 256;

    // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGPIPE, SIGSYS, SIGRTMIN: the runtime's own. The terminal and stop signals (SIGINT, SIGTERM, …) are
    // left out: other threads may register for them meanwhile, and the engine does not touch them.
    private static readonly int[] Signals = [4, 5, 6, 7, 8, 11, 13, 31, 34];
    private readonly byte[] _saved = new byte[Signals.Length * ActionSize];

    public SignalGuard()
    {
        for (int i = 0; i < Signals.Length; i++)
        {
            Read(Signals[i], _saved.AsSpan(i * ActionSize, ActionSize));
        }
    }

    /// <summary>Puts back every handler that changed.</summary>
    public void Dispose()
    {
        Span<byte> now = stackalloc byte[ActionSize];
        for (int i = 0; i < Signals.Length; i++)
        {
            ReadOnlySpan<byte> before = _saved.AsSpan(i * ActionSize, ActionSize);
            Read(Signals[i], now);
            if (now.SequenceEqual(before))
            {
                continue;
            }

            fixed (byte* action = before)
            {
                _ = Sigaction(Signals[i], action, null);
            }
        }
    }

    private static void Read(int signal, Span<byte> action)
    {
        action.Clear();
        fixed (byte* target = action)
        {
            _ = Sigaction(signal, null, target);
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static partial int Sigaction(int signal, byte* action, byte* previous);
}
