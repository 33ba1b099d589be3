using System.Collections.Concurrent;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>Assets of one gateway, with a settable <c>state</c> and a <c>power_w</c> that is not.</summary>
internal sealed class Fleet(GatewayId gateway, string kind = "load") : ICommandTargets
{
    private static readonly PointDefinition[] Points =
    [
        new() { Id = "state", Type = PointType.Boolean, Settable = true },
        new() { Id = "power_w", Type = PointType.Decimal, Scale = 1 },
    ];

    /// <summary>The last values of <c>state</c>; an asset that is not here has none.</summary>
    public ConcurrentDictionary<AssetId, PointValue> Values { get; } = new();

    public CommandTarget? Find(AssetId asset) => asset.Site == gateway.Site && asset.Name.StartsWith("load-", StringComparison.Ordinal)
        ? new CommandTarget(gateway, kind, Points, index => index == 0 && Values.TryGetValue(asset, out PointValue value) ? value : null)
        : null;
}
