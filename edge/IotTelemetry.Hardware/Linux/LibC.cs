using System.Runtime.InteropServices;

namespace IotTelemetry.Hardware.Linux;

/// <summary>
/// The system calls of this library. The error number of a failed call is in <see cref="LastError"/> and must be read at once: any other call overwrites it.
/// </summary>
internal static unsafe partial class LibC
{
    private const string Library = "libc";

    /// <summary>The error number of the last call that failed on this thread.</summary>
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial FileDescriptor Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(FileDescriptor fd, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(FileDescriptor fd, void* buffer, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(FileDescriptor fd, void* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(FileDescriptor fd, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(FileDescriptor fd, nuint request, nuint argument);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(FileDescriptor fd, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial FileDescriptor EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(FileDescriptor epoll, int operation, FileDescriptor fd, void* @event);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(FileDescriptor epoll, void* events, int maximum, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial FileDescriptor EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, TimeSpecification* time);
}
