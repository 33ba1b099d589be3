using System.Runtime.InteropServices;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>The occupancy of assets that have a boolean point <c>occupied</c>. A sensor that is silent makes its asset unknown, never free.</summary>
internal static class Occupancy
{
    /// <summary>The point's name.</summary>
    public const string Point = "occupied";

    /// <summary>The tag that names an asset's zone.</summary>
    public const string ZoneTag = "zone";

    /// <summary>The state of an asset; null for one that has no such point.</summary>
    /// <param name="asset">The asset.</param>
    /// <param name="presence">Of its gateway.</param>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    public static OccupancyState? Of(in LiveAsset asset, GatewayPresence presence, long nowMs)
    {
        int point = asset.PointIndex(Point);
        if (point < 0 || asset.Points[point] is not { Type: PointType.Boolean } definition)
        {
            return null;
        }

        return !asset.TryRead(point, out LiveValue value) || !Freshness.IsFresh(presence, definition, value, nowMs) ? OccupancyState.Unknown
            : value.Number != 0 ? OccupancyState.Occupied
            : OccupancyState.Free;
    }

    /// <summary>Counts a site's assets by zone; assets without the tag are under the empty name.</summary>
    public static SortedDictionary<string, OccupancyCount> ByZone(LiveSite site, string zoneTag, long nowMs)
    {
        Dictionary<string, OccupancyCount> zones = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, LiveGateway> gateway in site.Gateways.Sorted.Span)
        {
            if (gateway.Value.Model is not { } model)
            {
                continue;
            }

            GatewayPresence presence = gateway.Value.Presence(nowMs);
            for (int number = 0; number < model.Assets; number++)
            {
                LiveAsset asset = new(gateway.Value, model, number);
                if (Of(asset, presence, nowMs) is { } state && site.IsOwner(gateway.Value, model.Names[number]))
                {
                    ref OccupancyCount zone = ref CollectionsMarshal.GetValueRefOrAddDefault(zones, asset.Tags[zoneTag] ?? "", out _);
                    zone = zone.Plus(state);
                }
            }
        }

        return new SortedDictionary<string, OccupancyCount>(zones, StringComparer.Ordinal);
    }
}
