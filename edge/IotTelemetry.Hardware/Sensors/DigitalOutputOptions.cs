namespace IotTelemetry.Hardware.Sensors;

/// <summary>A relay or a lamp: one line, one settable point.</summary>
public sealed record DigitalOutputOptions : SensorOptions
{
    /// <summary>The point's name, such as <c>state</c>.</summary>
    public required string Point { get; init; }

    /// <summary>The line.</summary>
    public required GpioLineOptions Line { get; init; }

    /// <summary>The value from the moment the line is taken, also when a chip comes back.</summary>
    public bool Initial { get; init; }

    /// <summary>The value when the agent ends; null leaves the last one. What holds the pin after that is up to the chip and to a resistor.</summary>
    public bool? Safe { get; init; } = false;

    /// <inheritdoc/>
    public override IEnumerable<(string Role, GpioLineOptions Line)> Lines => [(Point, Line)];

    /// <inheritdoc/>
    public override IEnumerable<(GpioLineOptions Line, bool Value)> SafeLines => Safe is { } safe ? [(Line, safe)] : [];

    internal override void Build(BoardBuilder board, int asset)
    {
        var point = board.Add(BoardPoint.Digital(asset, Point, settable: true));
        var use = board.Use(asset, Point);
        var state = new DigitalPoint(point, board.Sink);
        var line = new BoardLine(Line, use, state) { IsOutput = true, Initial = Initial, Safe = Safe };
        board.Lines.Add(line);
        board.Outputs.Add(point, new DigitalOutput(state, use, line, board.Time));
    }
}
