using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// The active power of a group of meters, in watts. A meter that is stale counts with its worst case and never as zero: with what it is rated for (its asset's tag <see cref="RatingTag"/>, or the
/// greatest value of its range in the birth), else with the highest value seen of it, and in any case with no less than its last value. So <see cref="WorstW"/> is what the group may draw, and <see cref="LeastW"/>, the other way round, what it may feed back.
/// </summary>
internal struct PowerSum
{
    /// <summary>The tag of an asset that says what it can draw at most, in watts.</summary>
    public const string RatingTag = "rated_w";

    public int Meters { get; private set; }

    /// <summary>Meters without a value that may be believed.</summary>
    public int Stale { get; private set; }

    /// <summary>Stale meters without a rating that count with the highest value seen of them: they may draw more.</summary>
    public int Estimated { get; private set; }

    /// <summary>Stale meters that neither have a rating nor ever had a value, and count with nothing: the sums are no bounds while there are any.</summary>
    public int Unbounded { get; private set; }

    /// <summary>What the meters measure that are not stale.</summary>
    public double MeasuredW { get; private set; }

    public double WorstW { get; private set; }

    public double LeastW { get; private set; }

    /// <summary>Adds a meter.</summary>
    /// <param name="point">Its point.</param>
    /// <param name="value">Its last value; null before the first.</param>
    /// <param name="isFresh">Whether that value may be believed.</param>
    /// <param name="ratedW">What its asset can draw at most; null when nobody said.</param>
    /// <param name="highest">The highest value seen of the point; null for none.</param>
    public void Add(PointDefinition point, LiveValue? value, bool isFresh, double? ratedW = null, double? highest = null)
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
        double? seen = highest is { } high && !(last > high) ? high : last;
        double? rating = (ratedW / scale) ?? point.Range?.Maximum;
        Estimated += rating is null && seen is not null ? 1 : 0;
        Unbounded += rating is null && seen is null ? 1 : 0;
        WorstW += scale * Math.Max(last ?? double.NegativeInfinity, rating ?? seen ?? 0);
        LeastW += scale * Math.Min(last ?? double.PositiveInfinity, point.Range?.Minimum ?? last ?? 0);
    }

    /// <summary>Whether a point measures active power.</summary>
    public static bool IsPower(PointDefinition point) => !point.Settable && point.Type is not (PointType.Boolean or PointType.Text) && point.Unit is "W" or "kW" or "MW";

    private static double ScaleOf(PointDefinition point) => point.Unit switch { "kW" => 1e3, "MW" => 1e6, _ => 1 };
}
