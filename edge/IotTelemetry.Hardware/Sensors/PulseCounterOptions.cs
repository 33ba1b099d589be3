namespace IotTelemetry.Hardware.Sensors;

/// <summary>A count of the kernel's counter subsystem that counts a meter's pulses.</summary>
public sealed record PulseCounterOptions
{
    /// <summary>The device's name (<c>/sys/bus/counter/devices/counterN/name</c>).</summary>
    public required string Device { get; init; }

    /// <summary>Which of its counts, from 0.</summary>
    public int Count { get; init; }

    /// <summary>The highest count, for a driver that does not tell (attribute <c>ceiling</c>) and counts in fewer than 32 bits.</summary>
    public ulong? Ceiling { get; init; }

    /// <summary>How often the count is read.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(100);
}
