namespace IotTelemetry.Hardware.Sensors;

/// <summary>A register of a chip without a kernel driver; polled by the agent.</summary>
public sealed record I2cRegisterOptions : SensorOptions
{
    /// <summary>The adapter's name or number.</summary>
    public required string Bus { get; init; }

    /// <summary>7-bit address, 0x08 to 0x77.</summary>
    public required int Address { get; init; }

    /// <summary>0 to 255.</summary>
    public required int Register { get; init; }

    /// <summary>How the register's bits become a number.</summary>
    public required I2cRegisterFormat Format { get; init; }

    /// <summary>What of it becomes which point; its unit must be given.</summary>
    public required MeasuredPointOptions Measured { get; init; }

    /// <inheritdoc/>
    public override (string Bus, int Address, string Chip)? I2c => (Bus, Address, "");

    internal override void Build(BoardBuilder board, int asset)
    {
        var measured = MeasuredPoint.Add(Measured, board, asset, "", PointDelivery.Polled);
        board.Sources.Add(measured.Point, new I2cRegister(this, measured));
    }
}
