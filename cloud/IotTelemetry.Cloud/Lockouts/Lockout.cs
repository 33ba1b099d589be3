using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Lockouts;

/// <summary>A person's hold on an asset. Immutable.</summary>
/// <param name="Asset">What is held.</param>
/// <param name="Gateway">Whose asset it is.</param>
/// <param name="Holder">Who holds it, at most 128 characters.</param>
/// <param name="Reason">Why, at most 256 characters.</param>
/// <param name="Since">Since when.</param>
/// <param name="Until">From when on it holds no more; null until it is lifted.</param>
/// <param name="Revision">The revision of the gateway's lockouts that set or changed it: its entity tag.</param>
internal sealed record Lockout(AssetId Asset, GatewayId Gateway, string Holder, string Reason, DateTimeOffset Since, DateTimeOffset? Until, long Revision)
{
    public bool HoldsAt(DateTimeOffset now) => Until is not { } until || now < until;

    public AssetLockout ToMessage() => new()
    {
        Asset = Asset.Name,
        Holder = Holder,
        Reason = Reason,
        SinceMs = Since.ToUnixTimeMilliseconds(),
        UntilMs = Until?.ToUnixTimeMilliseconds(),
    };
}
