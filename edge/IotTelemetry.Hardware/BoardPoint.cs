namespace IotTelemetry.Hardware;

/// <summary>One measured or settable quantity of an asset.</summary>
/// <param name="Asset">Index of its asset in <see cref="IBoard.Assets"/>.</param>
/// <param name="Name">Name within the asset, such as <c>occupied</c> or <c>power_w</c>.</param>
/// <param name="Unit">Unit symbol, empty for a digital point.</param>
/// <param name="Kind">What kind of quantity it is.</param>
/// <param name="Delivery">Whether the driver pushes its values or the agent polls them.</param>
/// <param name="Resolution">The smallest step worth transmitting, in the unit (a distance sensor: 1 mm); greater than 0.</param>
/// <param name="Settable">Whether it is an output.</param>
/// <param name="Minimum">Lowest plausible or settable value.</param>
/// <param name="Maximum">Highest plausible or settable value.</param>
public sealed record BoardPoint(
    int Asset,
    string Name,
    string Unit,
    PointKind Kind,
    PointDelivery Delivery,
    double Resolution,
    bool Settable,
    double Minimum,
    double Maximum)
{
    /// <summary>The bound, above or below 0, of a quantity whose bound nobody gave.</summary>
    public const double NoLimit = 1e9;

    /// <summary>An input or output that is on or off and reports its own changes.</summary>
    public static BoardPoint Digital(int asset, string name, bool settable = false) =>
        new(asset, name, "", PointKind.Digital, PointDelivery.Pushed, 1, settable, 0, 1);

    /// <summary>A measured quantity that the agent polls.</summary>
    public static BoardPoint Analog(int asset, string name, string unit, double resolution, double minimum, double maximum) =>
        new(asset, name, unit, PointKind.Analog, PointDelivery.Polled, resolution, false, minimum, maximum);

    /// <summary>A rising total that the agent polls.</summary>
    public static BoardPoint Counter(int asset, string name, string unit, double resolution) =>
        new(asset, name, unit, PointKind.Counter, PointDelivery.Polled, resolution, false, 0, double.MaxValue);
}
