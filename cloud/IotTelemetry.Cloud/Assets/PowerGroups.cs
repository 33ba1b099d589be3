using System.Globalization;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>Sums the power of assets by what they have in common.</summary>
internal static class PowerGroups
{
    /// <summary>The sums by group, in the order of the groups' names.</summary>
    /// <param name="live">The live state.</param>
    /// <param name="filter">Which assets.</param>
    /// <param name="groupOf">The group of an asset.</param>
    /// <param name="point">The point that counts; null for the first of an asset that measures power.</param>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    public static SortedDictionary<string, PowerSum> Of(LiveState live, AssetFilter filter, Func<LiveAsset, string> groupOf, string? point, long nowMs)
    {
        SortedDictionary<string, PowerSum> groups = new(StringComparer.Ordinal);
        foreach (LiveGateway gateway in live.GatewaysAfter(null, filter.Site))
        {
            if (!filter.Admits(gateway) || gateway.Model is not { } model)
            {
                continue;
            }

            GatewayPresence presence = gateway.Presence(nowMs);
            for (int number = 0; number < model.Assets; number++)
            {
                LiveAsset asset = new(gateway, model, number);
                int index = point is null ? MeterOf(asset.Points) : asset.PointIndex(point);
                if (index < 0 || asset.Points[index].Type is PointType.Boolean or PointType.Text
                    || !filter.Admits(asset, live.Holds, nowMs) || !gateway.Site.IsOwner(gateway, model.Names[number]))
                {
                    continue;
                }

                PointDefinition definition = asset.Points[index];
                LiveValue? value = asset.TryRead(index, out LiveValue last) ? last : null;
                string group = groupOf(asset);
                PowerSum sum = groups.GetValueOrDefault(group);
                sum.Add(definition, value, value is not null && Freshness.IsFresh(presence, definition, last, nowMs), RatingOf(asset), model.HighestOf(model.CellOf(number, index)));
                groups[group] = sum;
            }
        }

        return groups;
    }

    private static double? RatingOf(in LiveAsset asset) =>
        asset.Tags[PowerSum.RatingTag] is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double watts) && double.IsFinite(watts) ? watts : null;

    private static int MeterOf(IReadOnlyList<PointDefinition> points)
    {
        for (int i = 0; i < points.Count; i++)
        {
            if (PowerSum.IsPower(points[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
