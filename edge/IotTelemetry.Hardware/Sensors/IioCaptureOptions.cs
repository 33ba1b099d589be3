using IotTelemetry.Hardware.Iio;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Channels of one IIO device captured by the kernel into its buffer; each <see cref="Samples"/> scans become one pushed value for each channel.</summary>
public sealed record IioCaptureOptions : SensorOptions
{
    /// <summary>Which device.</summary>
    public required KernelDeviceAddress Device { get; init; }

    /// <summary>The channels and what becomes of them.</summary>
    public required IReadOnlyList<(string Channel, MeasuredPointOptions Measured)> Channels { get; init; }

    /// <summary>The trigger's name; null for a device that samples by itself.</summary>
    public string? Trigger { get; init; }

    /// <summary>Scans that the kernel keeps until they are read, 2 to 65,536.</summary>
    public int BufferLength { get; init; } = 1024;

    /// <summary>Scans for one value, 1 to 100,000.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>How they become one.</summary>
    public SampleStatistic Statistic { get; init; }

    /// <summary>Attributes written before capturing, such as <c>sampling_frequency</c>.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override (string Bus, int Address, string Chip)? I2c => Device is { Bus: { } bus, Address: { } address } ? (bus, address, Device.Name ?? "") : null;

    internal override void Build(BoardBuilder board, int asset)
    {
        var points = Channels.Select(c => MeasuredPoint.Add(c.Measured, board, asset, IioUnit.Of(c.Channel)?.Symbol ?? "", PointDelivery.Pushed)).ToArray();
        board.Tasks.Add(new IioCapture(this, points, board, board.Use(asset, Channels[0].Measured.Point)));
    }
}
