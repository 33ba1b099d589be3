namespace IotTelemetry.Cloud.Batches;

/// <summary>The aggregate of some readings of one gateway, kind of asset and point within one minute or hour.</summary>
internal struct RollupCell
{
    public static readonly RollupCell Empty = new() { Lowest = double.PositiveInfinity, Highest = double.NegativeInfinity };

    /// <summary>All readings.</summary>
    public ulong Readings;

    /// <summary>Those with a number that was measured; <see cref="Total"/>, <see cref="Lowest"/> and <see cref="Highest"/> are over these.</summary>
    public ulong Numbers;

    public double Total;

    public double Lowest;

    public double Highest;

    public void Add(double number)
    {
        Numbers++;
        Total += number;
        Lowest = Math.Min(Lowest, number);
        Highest = Math.Max(Highest, number);
    }

    public void Add(in RollupCell other)
    {
        Readings += other.Readings;
        Numbers += other.Numbers;
        Total += other.Total;
        Lowest = Math.Min(Lowest, other.Lowest);
        Highest = Math.Max(Highest, other.Highest);
    }
}
