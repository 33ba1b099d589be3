using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Linux;

/// <summary>
/// struct epoll_event { uint32_t events; epoll_data_t data; } of sys/epoll.h: packed to 12 bytes on x86-64, naturally aligned to 16 elsewhere, which no
/// layout attribute can say; so it is read and written by offset.
/// </summary>
internal static unsafe class EpollEvent
{
    /// <summary>Size of one event in an array of epoll_wait.</summary>
    public static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <summary>The larger of the sizes, for a buffer on the stack.</summary>
    public const int LargestSize = 16;

    private static readonly int DataOffset = Size - sizeof(long);

    public static uint Events(byte* e) => Unsafe.ReadUnaligned<uint>(e);

    public static long Data(byte* e) => Unsafe.ReadUnaligned<long>(e + DataOffset);

    public static void Write(byte* e, uint events, long data)
    {
        Unsafe.WriteUnaligned(e, events);
        Unsafe.WriteUnaligned(e + DataOffset, data);
    }
}
