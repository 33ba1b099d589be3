using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Api;

/// <summary>The occupancy of a site and its zones. A sensor that is silent or failed makes its asset unknown, never free.</summary>
/// <param name="Site">The site.</param>
/// <param name="Total">All assets that have an occupancy.</param>
/// <param name="Free">Of them.</param>
/// <param name="Occupied">Of them.</param>
/// <param name="Unknown">Of them.</param>
/// <param name="Zones">The same by zone.</param>
internal sealed record OccupancyView(string Site, int Total, int Free, int Occupied, int Unknown, IReadOnlyList<ZoneView> Zones)
{
    public static OccupancyView Of(LiveSite site, string zoneTag, long nowMs)
    {
        OccupancyCount all = default;
        List<ZoneView> zones = [];
        foreach ((string zone, OccupancyCount count) in Occupancy.ByZone(site, zoneTag, nowMs))
        {
            all = all.Plus(count);
            zones.Add(new ZoneView(zone, count.Total, count.Free, count.Occupied, count.Unknown));
        }

        return new OccupancyView(site.Name, all.Total, all.Free, all.Occupied, all.Unknown, zones);
    }
}
