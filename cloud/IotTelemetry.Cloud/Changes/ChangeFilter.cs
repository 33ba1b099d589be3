using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Changes;

/// <summary>Whose changes a reader wants.</summary>
/// <param name="Assets">By site, gateway, kind, tags or text; a state is not asked, since an asset that leaves it changed too.</param>
/// <param name="Asset">One asset alone; null for all that the filter admits.</param>
internal sealed record ChangeFilter(AssetFilter Assets, AssetId? Asset = null)
{
    /// <summary>Whether changes of the gateway itself are wanted: not by who asks for some of its assets only.</summary>
    public bool WantsGateways => Asset is null && Assets is { Kind: null, Tags.Count: 0, Text: null };

    public bool Admits(LiveGateway gateway) => (Asset is not { } asset || gateway.Id.Site == asset.Site) && Assets.Admits(gateway);

    /// <summary>Whether an asset of an admitted gateway is wanted.</summary>
    public bool Admits(in LiveAsset asset, AssetHolds holds) =>
        Asset is { } one ? asset.Model.Names[asset.Number] == one.Name : Assets.Admits(asset, holds, 0);
}
