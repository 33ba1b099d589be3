namespace IotTelemetry.Hardware.Linux;

/// <summary>A system call on a device failed. The message says what was tried, on what, and what the error number means.</summary>
public sealed class LinuxException : IOException
{
    /// <summary>A failure of <paramref name="attempt"/>, such as <c>request of line 3 'bay-3' of gpiochip0 'bays' as 'iot-edge'</c>.</summary>
    public LinuxException(string attempt, Errno errno, string? detail = null)
        : base($"{attempt} failed: {ErrnoMeaning.Describe(errno)}{(detail is null ? "" : $"; {detail}")}") => Errno = errno;

    /// <summary>The kernel's error number.</summary>
    public Errno Errno { get; }

    /// <summary>True when the device itself has gone, so that it must be looked for anew.</summary>
    public bool IsDeviceGone => Errno is Errno.NoDevice or Errno.NoSuchFile or Errno.BadDescriptor;
}
