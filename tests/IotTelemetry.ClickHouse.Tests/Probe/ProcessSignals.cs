using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace IotTelemetry.ClickHouse.Probe;

/// <summary>What this process does with each signal.</summary>
internal static unsafe partial class ProcessSignals
{
    public static string Describe()
    {
        // A registration makes the runtime install all of its own handlers before the first look.
        using PosixSignalRegistration registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => { });
        StringBuilder text = new();
        Span<byte> action = stackalloc byte[256];
        for (int signal = 1; signal <= 64; signal++)
        {
            action.Clear();
            fixed (byte* target = action)
            {
                if (Sigaction(signal, null, target) == 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{signal} {MemoryMarshal.Read<nint>(action):x}\n");
                }
            }
        }

        return text.ToString();
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Sigaction(int signal, byte* action, byte* previous);
}
