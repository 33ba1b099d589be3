using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>The points that all assets of one sort have, in the order of the birth's definitions. Immutable.</summary>
internal sealed class AssetShape(IReadOnlyList<PointDefinition> points)
{
    public IReadOnlyList<PointDefinition> Points { get; } = points;

    /// <summary>The index of the point with this name, or -1. An asset has a few points: looking at each beats a dictionary.</summary>
    public int IndexOf(string point)
    {
        for (int i = 0; i < Points.Count; i++)
        {
            if (string.Equals(Points[i].Name, point, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
