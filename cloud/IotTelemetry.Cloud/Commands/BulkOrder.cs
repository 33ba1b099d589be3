using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Commands;

/// <summary>The same command for many assets.</summary>
/// <param name="Assets">Which; none twice, at most <see cref="CommandOptions.MaximumBulk"/>.</param>
/// <param name="Command">What each is to do; its asset is none of the bulk's.</param>
/// <param name="PerSecond">How many are begun in a second; null for the fleet's limit.</param>
internal sealed record BulkOrder(IReadOnlyList<AssetId> Assets, CommandOrder Command, double? PerSecond);
