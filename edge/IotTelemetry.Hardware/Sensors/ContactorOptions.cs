namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// A contactor or relay with auxiliary contacts: settable <c>state</c>, and from the contacts <c>closed</c> and <c>fault</c>.
/// </summary>
public sealed record ContactorOptions : SensorOptions
{
    /// <summary>The coil's output.</summary>
    public required GpioLineOptions Coil { get; init; }

    /// <summary>The auxiliary contact that is closed when the contactor is closed (13-14).</summary>
    public required GpioLineOptions NormallyOpen { get; init; }

    /// <summary>The auxiliary contact that is closed when the contactor is open (21-22); null when there is none, and then a broken wire is not seen.</summary>
    public GpioLineOptions? NormallyClosed { get; init; }

    /// <summary>How long the contacts may take to follow the coil, 1 ms to 10 s.</summary>
    public TimeSpan TravelTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The coil from the moment the line is taken.</summary>
    public bool Initial { get; init; }

    /// <summary>The coil when the agent ends; null leaves it.</summary>
    public bool? Safe { get; init; } = false;

    /// <inheritdoc/>
    public override IEnumerable<(string Role, GpioLineOptions Line)> Lines
    {
        get
        {
            yield return ("coil", Coil);
            yield return ("auxiliary NO 13-14", NormallyOpen);
            if (NormallyClosed is not null)
            {
                yield return ("auxiliary NC 21-22", NormallyClosed);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(GpioLineOptions Line, bool Value)> SafeLines => Safe is { } safe ? [(Coil, safe)] : [];

    internal override void Build(BoardBuilder board, int asset) => Contactor.Build(this, board, asset);
}
