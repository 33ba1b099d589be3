using Microsoft.Win32.SafeHandles;

namespace IotTelemetry.Hardware.Linux;

/// <summary>An open file of the kernel; closed exactly once, also when its owner is forgotten.</summary>
public sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>An invalid descriptor, to be filled by the marshaller.</summary>
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    internal FileDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <inheritdoc/>
    /// <remarks>The calls return a C int and the marshaller takes a whole register, whose upper half may be anything.</remarks>
    public override bool IsInvalid => Number < 0;

    /// <summary>The number, for epoll's user data and for messages.</summary>
    internal int Number => (int)handle;

    /// <summary>Opens a device file.</summary>
    /// <exception cref="LinuxException">It is missing, forbidden or busy.</exception>
    internal static FileDescriptor Open(string path, OpenFlags flags)
    {
        var file = LibC.Open(path, (int)(flags | OpenFlags.CloseOnExec));
        if (file.IsInvalid)
        {
            var errno = LibC.LastError;
            file.Dispose();
            throw new LinuxException($"opening {path}", errno);
        }

        return file;
    }

    /// <summary>Makes reads return at once when there is nothing; for descriptors that the kernel hands out without a choice of flags.</summary>
    internal void MakeNonBlocking()
    {
        // fcntl.h; these descriptors carry no other status flag that F_SETFL could change.
        const int SetFlags = 4;
        if (LibC.FileControl(this, SetFlags, (nint)(OpenFlags.NonBlocking | OpenFlags.ReadWrite)) < 0)
        {
            throw new LinuxException($"making descriptor {Number} non-blocking", LibC.LastError);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.Close(Number) == 0;
}
