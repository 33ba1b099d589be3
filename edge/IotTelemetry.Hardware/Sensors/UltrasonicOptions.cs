namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// HC-SR04 or JSN-SR04T: a trigger output, an echo input whose edges the kernel stamps. Sensors of one board take turns, so that none hears another's echo.
/// </summary>
public sealed record UltrasonicOptions : SensorOptions
{
    /// <summary>The trigger; 20 us high start a measurement.</summary>
    public required GpioLineOptions Trigger { get; init; }

    /// <summary>The echo: high for as long as the sound travels there and back.</summary>
    public required GpioLineOptions Echo { get; init; }

    /// <summary>From the start of one measurement to the next, at least 70 ms for each sensor of the board.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Air temperature for the speed of sound, -40 to 85 degC.</summary>
    public double AirTemperature { get; init; } = 20;

    /// <summary>Measurements of which the median is taken, 1 to 9: stray echoes are single.</summary>
    public int Median { get; init; } = 3;

    /// <summary>The distance in mm, and what is derived from it.</summary>
    public required MeasuredPointOptions Measured { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<(string Role, GpioLineOptions Line)> Lines => [("trigger", Trigger), ("echo", Echo)];

    internal override void Build(BoardBuilder board, int asset)
    {
        var measured = MeasuredPoint.Add(Measured, board, asset, "mm", PointDelivery.Pushed);
        var sensor = new UltrasonicSensor(this, board, asset, measured);
        board.Lines.Add(sensor.TriggerLine);
        board.Lines.Add(new BoardLine(Echo, board.Use(asset, "echo"), sensor));
        board.Echoes.Add(sensor);
    }
}
