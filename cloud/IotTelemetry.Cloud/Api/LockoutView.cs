using IotTelemetry.Cloud.Lockouts;

namespace IotTelemetry.Cloud.Api;

/// <summary>A lockout as the API shows it.</summary>
/// <param name="Asset"><c>site/asset</c>.</param>
/// <param name="Holder">Who holds it.</param>
/// <param name="Reason">Why.</param>
/// <param name="SinceMs">Since when.</param>
/// <param name="UntilMs">Until when; absent: until it is lifted.</param>
/// <param name="AtGateway">The gateway has said that it has it on its disk: from then on it holds without the cloud too.</param>
/// <param name="Version">Its entity tag.</param>
internal sealed record LockoutView(string Asset, string Holder, string Reason, long SinceMs, long? UntilMs, bool AtGateway, string Version)
{
    public static LockoutView Of(Lockout lockout, LockoutPost post) => new(
        lockout.Asset.ToString(),
        lockout.Holder,
        lockout.Reason,
        lockout.Since.ToUnixTimeMilliseconds(),
        lockout.Until?.ToUnixTimeMilliseconds(),
        post.HasArrived(lockout.Gateway, lockout.Revision),
        EntityTag.Of((ulong)lockout.Revision).ToString());
}
