using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>Which assets are meant; every part that is null admits all.</summary>
internal sealed record AssetFilter
{
    public string? Site { get; init; }

    public string? Gateway { get; init; }

    public string? Kind { get; init; }

    /// <summary>Tags that the asset must have, all of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public AssetCondition? State { get; init; }

    /// <summary>A part of the id, the kind or a tag's value, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>Whether this gateway's assets are meant at all.</summary>
    public bool Admits(LiveGateway gateway) => (Site is null || gateway.Id.Site == Site) && (Gateway is null || gateway.Id.Gateway == Gateway);

    /// <summary>Whether an asset of an admitted gateway is meant.</summary>
    public bool Admits(in LiveAsset asset, AssetHolds holds, long nowMs)
    {
        if (Kind is not null && asset.Kind != Kind)
        {
            return false;
        }

        TagSet tags = asset.Tags;
        foreach (KeyValuePair<string, string> tag in Tags)
        {
            if (tags[tag.Key] != tag.Value)
            {
                return false;
            }
        }

        return (Text is null || Contains(asset, Text)) && (State is not { } state || IsIn(state, asset, holds, nowMs));
    }

    private static bool Contains(in LiveAsset asset, string text)
    {
        const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;
        if (asset.Model.Names[asset.Number].Contains(text, AnyCase) || asset.Gateway.Id.Site.Contains(text, AnyCase) || asset.Kind.Contains(text, AnyCase)
            || (text.Contains('/', StringComparison.Ordinal) && asset.Id.ToString().Contains(text, AnyCase)))
        {
            return true;
        }

        foreach (KeyValuePair<string, string> tag in asset.Tags.Tags)
        {
            if (tag.Value.Contains(text, AnyCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIn(AssetCondition state, in LiveAsset asset, AssetHolds holds, long nowMs)
    {
        GatewayPresence presence = asset.Gateway.Presence(nowMs);
        return state switch
        {
            AssetCondition.Online => presence == GatewayPresence.Online,
            AssetCondition.Offline => presence != GatewayPresence.Online,
            AssetCondition.Free => Occupancy.Of(asset, presence, nowMs) == OccupancyState.Free,
            AssetCondition.Occupied => Occupancy.Of(asset, presence, nowMs) == OccupancyState.Occupied,
            AssetCondition.Unknown => Occupancy.Of(asset, presence, nowMs) == OccupancyState.Unknown,
            AssetCondition.Pending => holds.Of(asset.Id).Pending is not null,
            AssetCondition.Locked => holds.Of(asset.Id).Lockout is not null,
            AssetCondition.Stale => HasPoint(asset, presence, nowMs, static (_, isFresh) => !isFresh),
            AssetCondition.Bad => HasPoint(asset, presence, nowMs, static (value, _) => value is { Quality: Quality.BadSensor or Quality.OutOfRange }),
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
        };
    }

    private static bool HasPoint(in LiveAsset asset, GatewayPresence presence, long nowMs, Func<LiveValue?, bool, bool> isIt)
    {
        for (int i = 0; i < asset.Points.Count; i++)
        {
            LiveValue? value = asset.TryRead(i, out LiveValue known) ? known : null;
            if (isIt(value, value is not null && Freshness.IsFresh(presence, asset.Points[i], known, nowMs)))
            {
                return true;
            }
        }

        return false;
    }
}
