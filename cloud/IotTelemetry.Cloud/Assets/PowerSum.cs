using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// The active power of a group of meters, in watts. A meter that is stale counts with its worst case and never as zero: with the greatest value of its range in the birth (what it is rated
/// for), or with the last value known if that is greater or no range is given. So <see cref="WorstW"/> is what the group may draw, and <see cref="LeastW"/>, the other way round, what it may feed back.
/// </summary>
internal struct PowerSum
{
    public int Meters { get; private set; }

    /// <summary>Meters without a value that may be believed.</summary>
    public int Stale { get; private set; }

    /// <summary>Stale meters that neither have a range nor ever had a value: the sums are no bounds while there are any.</summary>
    public int Unbounded { get; private set; }

    /// <summary>What the meters measure that are not stale.</summary>
    public double MeasuredW { get; private set; }

    public double WorstW { get; private set; }

    public double LeastW { get; private set; }

    /// <summary>Adds a meter.</summary>
    /// <param name="point">Its point.</param>
    /// <param name="value">Its last value; null before the first.</param>
    /// <param name="isFresh">Whether that value may be believed.</param>
    public void Add(PointDefinition point, LiveValue? value, bool isFresh)
    {
        double scale = ScaleOf(point);
        Meters++;
        if (isFresh && value is { } fresh && double.IsFinite(fresh.Number))
        {
            MeasuredW += fresh.Number * scale;
            WorstW += fresh.Number * scale;
            LeastW += fresh.Number * scale;
            return;
        }

        Stale++;
        double? last = value is { IsUsable: true } known && double.IsFinite(known.Number) ? known.Number : null;
        Unbounded += last is null && point.Range?.Maximum is null ? 1 : 0;
        WorstW += scale * Math.Max(last ?? double.NegativeInfinity, point.Range?.Maximum ?? last ?? 0);
        LeastW += scale * Math.Min(last ?? double.PositiveInfinity, point.Range?.Minimum ?? last ?? 0);
    }

    /// <summary>Whether a point measures active power.</summary>
    public static bool IsPower(PointDefinition point) => !point.Settable && point.Type is not (PointType.Boolean or PointType.Text) && point.Unit is "W" or "kW" or "MW";

    private static double ScaleOf(PointDefinition point) => point.Unit switch { "kW" => 1e3, "MW" => 1e6, _ => 1 };
}
