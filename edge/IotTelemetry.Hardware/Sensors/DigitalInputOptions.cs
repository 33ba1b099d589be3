namespace IotTelemetry.Hardware.Sensors;

/// <summary>A contact, a detector's relay, a lockout switch: one line, one digital point.</summary>
public sealed record DigitalInputOptions : SensorOptions
{
    /// <summary>The point's name, such as <c>occupied</c> or <c>locked_out</c>.</summary>
    public required string Point { get; init; }

    /// <summary>The line.</summary>
    public required GpioLineOptions Line { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<(string Role, GpioLineOptions Line)> Lines => [(Point, Line)];

    internal override void Build(BoardBuilder board, int asset)
    {
        var point = board.Add(BoardPoint.Digital(asset, Point));
        board.Lines.Add(new BoardLine(Line, board.Use(asset, Point), new DigitalPoint(point, board.Sink)));
    }
}
