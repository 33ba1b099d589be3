using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>What holds an asset at the moment.</summary>
/// <param name="Pending">The command under way; null for none.</param>
/// <param name="Lockout">Who keeps it from being switched; null for nobody.</param>
internal sealed record AssetHold(PendingCommand? Pending, AssetLockout? Lockout)
{
    public static AssetHold None { get; } = new(null, null);
}
