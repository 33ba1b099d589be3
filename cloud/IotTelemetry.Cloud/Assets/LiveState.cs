using IotTelemetry.Cloud.Changes;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// Every asset's last values, in memory. A gateway is a shard: its one writer is whoever has its turn in ingest. Reading takes no lock and sees each value, time and quality of one reading.
/// <para>
/// A frame's readings show here as soon as its rows have joined the batch, up to a second before they are stored. A crash in between takes nothing away: the gateway still has
/// the frame and sends it again.
/// </para>
/// </summary>
internal sealed class LiveState
{
    public LiveState() => Holds = new AssetHolds(Changed);

    /// <summary>All sites, sorted by name.</summary>
    public SortedRegister<LiveSite> Sites { get; } = new();

    /// <summary>Pending commands and lockouts of assets.</summary>
    public AssetHolds Holds { get; }

    /// <summary>Set at every change.</summary>
    public ChangeSignal Changed { get; } = new();

    /// <summary>The asset with this identity; null when no birth describes it.</summary>
    public LiveAsset? Find(AssetId id) => Sites.Find(id.Site)?.Find(id.Name);

    /// <summary>The gateway with this identity; null when it never spoke.</summary>
    public LiveGateway? Find(GatewayId id) => Sites.Find(id.Site)?.Gateways.Find(id.Gateway);

    /// <summary>The gateway with this identity; new when it never spoke.</summary>
    public LiveGateway Get(GatewayId id)
    {
        LiveSite site = Sites.GetOrAdd(id.Site, static (name, _) => new LiveSite(name), 0);
        return site.Gateways.GetOrAdd(id.Gateway, static (_, known) => new LiveGateway(known.Id, known.Site, known.Changed), (Id: id, Site: site, Changed));
    }

    /// <summary>The gateways behind one, in the order of their ids; all of them, or those of one site.</summary>
    public IEnumerable<LiveGateway> GatewaysAfter(GatewayId? after, string? site)
    {
        foreach ((string name, LiveSite known) in Sites.Sorted.ToArray())
        {
            int behind = after is null ? 1 : string.CompareOrdinal(name, after.Site);
            if (behind >= 0 && (site is null || name == site))
            {
                foreach ((_, LiveGateway gateway) in known.Gateways.After(behind == 0 ? after!.Gateway : null))
                {
                    yield return gateway;
                }
            }
        }
    }
}
