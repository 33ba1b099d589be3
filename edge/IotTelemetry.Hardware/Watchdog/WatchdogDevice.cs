using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Watchdog;

/// <summary>
/// The machine's watchdog timer (Documentation/watchdog/watchdog-api.rst): from the moment it is open it resets the machine unless it is fed in time. Closing it in order (<see cref="Disarm"/>) stops it;
/// a process that ends otherwise leaves it running. Not thread-safe.
/// </summary>
public sealed unsafe class WatchdogDevice : IDisposable
{
    // linux/watchdog.h: _IOWR('W', 6, int) and _IOR('W', 7, int)
    private const uint SetTimeout = 0xC0045706;
    private const uint GetTimeout = 0x80045707;

    private readonly string _path;
    private readonly FileDescriptor _file;

    private WatchdogDevice(string path, FileDescriptor file, TimeSpan timeout)
    {
        _path = path;
        _file = file;
        Timeout = timeout;
    }

    /// <summary>The time within which the device wants to be fed: the nearest to what was asked for that its driver can do, or its own where it cannot be told.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Opens and so starts the timer.</summary>
    /// <param name="path">Such as <c>/dev/watchdog</c>.</param>
    /// <param name="timeout">Whole seconds, at least one.</param>
    /// <exception cref="LinuxException">It is missing, forbidden, or somebody else has it.</exception>
    public static WatchdogDevice Open(string path, TimeSpan timeout)
    {
        var file = FileDescriptor.Open(path, OpenFlags.WriteOnly);
        var seconds = (int)timeout.TotalSeconds;
        if (LibC.Control(file, SetTimeout, &seconds) < 0 && LibC.Control(file, GetTimeout, &seconds) < 0)
        {
            // A driver with neither call keeps a time of its own that nobody can ask for; fed as if it were ours.
            seconds = (int)timeout.TotalSeconds;
        }

        return new WatchdogDevice(path, file, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Starts the time anew.</summary>
    /// <exception cref="LinuxException">The device has gone.</exception>
    public void Feed() => Write(0, "feeding");

    /// <summary>The magic close: with this before <see cref="Dispose"/> the timer stops, unless the driver was loaded with <c>nowayout</c>.</summary>
    /// <exception cref="LinuxException">The device has gone.</exception>
    public void Disarm() => Write((byte)'V', "disarming");

    /// <summary>Closes the device; without <see cref="Disarm"/> before it, the machine is reset when the time is over.</summary>
    public void Dispose() => _file.Dispose();

    private void Write(byte value, string what)
    {
        if (LibC.Write(_file, &value, 1) < 0)
        {
            throw new LinuxException($"{what} {_path}", LibC.LastError);
        }
    }
}
