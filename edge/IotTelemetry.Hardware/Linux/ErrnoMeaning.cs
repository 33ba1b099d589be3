namespace IotTelemetry.Hardware.Linux;

/// <summary>What an error number means to whoever stands before the cabinet.</summary>
public static class ErrnoMeaning
{
    /// <summary>The symbolic name, the number and the meaning: <c>EBUSY 16: in use by another program or driver</c>.</summary>
    public static string Describe(Errno errno) => errno switch
    {
        Errno.NotPermitted => "EPERM 1: not permitted (the line is an input, or this user may not)",
        Errno.NoSuchFile => "ENOENT 2: no such device file (is the driver loaded, the bus enabled, the board plugged in?)",
        Errno.Interrupted => "EINTR 4: interrupted by a signal",
        Errno.InputOutput => "EIO 5: the device did not answer as it should (wiring, supply, address)",
        Errno.NoSuchDeviceOrAddress => "ENXIO 6: nothing answers at that address, or the chip gives no interrupts for edges (then have the line read: pollMs)",
        Errno.BadDescriptor => "EBADF 9: the file is closed",
        Errno.TryAgain => "EAGAIN 11: nothing to read yet",
        Errno.AccessDenied => "EACCES 13: no permission (add the user to the group that owns the device file: gpio, i2c or iio)",
        Errno.Busy => "EBUSY 16: in use by another program or kernel driver",
        Errno.NoDevice => "ENODEV 19: the device is gone (unplugged, unbound or its driver removed)",
        Errno.IsDirectory => "EISDIR 21: a directory, not a device file",
        Errno.Invalid => "EINVAL 22: the device does not accept this (line offset beyond the chip, or settings that exclude each other)",
        Errno.NotThisIoctl => "ENOTTY 25: not that kind of device, or a kernel older than 5.10 (no GPIO uAPI v2)",
        Errno.RemoteInputOutput => "EREMOTEIO 121: no acknowledge on the I2C bus (wiring, supply, pull-ups, address)",
        Errno.TimedOut => "ETIMEDOUT 110: the device or bus did not answer in time (a stuck clock line?)",
        Errno.NotSupported => "EOPNOTSUPP 95: the chip cannot do this (bias, drive mode or transfer type)",
        Errno.KernelNotSupported => "ENOTSUPP 524: the chip's driver cannot do this (bias, drive mode or debounce)",
        Errno.None => "no error",
        _ => $"errno {(int)errno}",
    };
}
