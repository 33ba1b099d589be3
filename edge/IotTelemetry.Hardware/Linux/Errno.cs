namespace IotTelemetry.Hardware.Linux;

/// <summary>The error numbers this library meets (linux/include/uapi/asm-generic/errno-base.h and errno.h; the same on x86-64 and ARM).</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>EPERM.</summary>
    NotPermitted = 1,

    /// <summary>ENOENT.</summary>
    NoSuchFile = 2,

    /// <summary>EINTR.</summary>
    Interrupted = 4,

    /// <summary>EIO.</summary>
    InputOutput = 5,

    /// <summary>ENXIO.</summary>
    NoSuchDeviceOrAddress = 6,

    /// <summary>EBADF.</summary>
    BadDescriptor = 9,

    /// <summary>EAGAIN.</summary>
    TryAgain = 11,

    /// <summary>EACCES.</summary>
    AccessDenied = 13,

    /// <summary>EBUSY.</summary>
    Busy = 16,

    /// <summary>ENODEV.</summary>
    NoDevice = 19,

    /// <summary>EISDIR.</summary>
    IsDirectory = 21,

    /// <summary>EINVAL.</summary>
    Invalid = 22,

    /// <summary>ENOTTY.</summary>
    NotThisIoctl = 25,

    /// <summary>EREMOTEIO.</summary>
    RemoteInputOutput = 121,

    /// <summary>ETIMEDOUT.</summary>
    TimedOut = 110,

    /// <summary>EOPNOTSUPP.</summary>
    NotSupported = 95,

    /// <summary>ENOTSUPP, which the kernel's GPIO and pin control code lets through to user space (include/linux/errno.h).</summary>
    KernelNotSupported = 524,
}
