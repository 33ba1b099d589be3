using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// A meter with a pulse output (S0, IEC 62053-31): the durable total <c>energy_wh</c> and, from the time between pulses, <c>power_w</c>;
/// or any other counted quantity under its own name.
/// </summary>
public sealed record PulseMeterOptions : SensorOptions
{
    /// <summary>The total's name.</summary>
    public string Point { get; init; } = "energy_wh";

    /// <summary>The total's unit.</summary>
    public string Unit { get; init; } = "Wh";

    /// <summary>The rate's name; null for none. The unit is W for a total in Wh.</summary>
    public string? RatePoint { get; init; } = "power_w";

    /// <summary>The greatest rate there can be, in its unit: what the fuse or the meter lets through. Null when nobody knows.</summary>
    public double? MaximumRate { get; init; }

    /// <summary>The GPIO line whose edges are counted; this or <see cref="Counter"/>.</summary>
    public GpioLineOptions? Line { get; init; }

    /// <summary>The kernel's counter that counts; this or <see cref="Line"/>.</summary>
    public PulseCounterOptions? Counter { get; init; }

    /// <summary>How much of the unit one pulse is: 1 Wh for a meter with 1,000 imp/kWh. Above 0.</summary>
    public required double UnitPerPulse { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<(string Role, GpioLineOptions Line)> Lines => Line is null ? [] : [(Point, Line)];

    internal override void Build(BoardBuilder board, int asset)
    {
        if (Line is not null)
        {
            PulseMeter.Build(this, Line, board, asset);
            return;
        }

        CounterMeter.Build(this, Counter!, board, asset, Sysfs.Root, File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
    }
}
