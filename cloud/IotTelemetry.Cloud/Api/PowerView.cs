using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Api;

/// <summary>The power of a group of assets. A stale meter counts with its worst case, never as zero: see <see cref="PowerSum"/>.</summary>
internal sealed record PowerView
{
    /// <summary>What the assets have in common: the value they are grouped by; empty for those without it.</summary>
    public required string Group { get; init; }

    /// <summary>Meters in the group.</summary>
    public required int Meters { get; init; }

    /// <summary>Meters whose value cannot be believed any more.</summary>
    public required int Stale { get; init; }

    /// <summary>Stale meters without a rating, which count with the highest value seen of them: they may draw more.</summary>
    public required int Estimated { get; init; }

    /// <summary>What the group may draw: what is measured, and for each stale meter what it is rated for, else the highest value seen of it.</summary>
    public required double PowerW { get; init; }

    /// <summary>What the meters measure that are not stale.</summary>
    public required double MeasuredW { get; init; }

    /// <summary>The least the group may draw, or the most it may feed back.</summary>
    public required double LeastW { get; init; }

    /// <summary>False when a stale meter has neither a rating nor ever had a value: then the group may draw more than is said.</summary>
    public required bool IsBound { get; init; }

    public static PowerView Of(string group, in PowerSum sum) => new()
    {
        Group = group,
        Meters = sum.Meters,
        Stale = sum.Stale,
        Estimated = sum.Estimated,
        PowerW = sum.WorstW,
        MeasuredW = sum.MeasuredW,
        LeastW = sum.LeastW,
        IsBound = sum.Unbounded == 0,
    };
}
