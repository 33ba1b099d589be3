using IotTelemetry.Hardware.Hwmon;
using IotTelemetry.Hardware.Iio;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>One channel of a sensor with a kernel driver, IIO or hwmon; polled by the agent.</summary>
public sealed record KernelSensorOptions : SensorOptions
{
    /// <summary>Which of the kernel's interfaces.</summary>
    public required KernelSubsystem Subsystem { get; init; }

    /// <summary>Which device.</summary>
    public required KernelDeviceAddress Device { get; init; }

    /// <summary>The channel: <c>voltage0</c>, <c>magn_x</c> (IIO), <c>in1</c>, <c>temp1</c> or a label (hwmon).</summary>
    public required string Channel { get; init; }

    /// <summary>What of it becomes which point.</summary>
    public required MeasuredPointOptions Measured { get; init; }

    /// <summary>Attributes written when the device is found, such as <c>in_voltage0_scale</c>.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>Readings taken for one value, 1 to 1,000, as fast as the device gives them.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>How the readings become one value.</summary>
    public SampleStatistic Statistic { get; init; }

    /// <inheritdoc/>
    public override (string Bus, int Address, string Chip)? I2c =>
        Device is { Bus: { } bus, Address: { } address } ? (bus, address, Device.Name ?? "") : null;

    /// <summary>The normalised unit of the channel; null when its name does not tell.</summary>
    internal string? ChannelUnit => Subsystem == KernelSubsystem.Iio ? IioUnit.Of(Channel)?.Symbol
        : HwmonChannel.UnitOf(Channel) is { Unit: { Length: > 0 } unit } ? unit
        : null;

    internal override void Build(BoardBuilder board, int asset)
    {
        var measured = MeasuredPoint.Add(Measured, board, asset, ChannelUnit ?? "", PointDelivery.Polled);
        board.Sources.Add(measured.Point, new KernelSensor(this, measured));
    }
}
