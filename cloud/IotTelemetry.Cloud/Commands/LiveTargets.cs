using IotTelemetry.Cloud.Api;
using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Finds assets in the live state.</summary>
internal sealed class LiveTargets(LiveState live) : ICommandTargets
{
    public CommandTarget? Find(AssetId asset) => live.Find(asset) is { } found
        ? new CommandTarget(
            found.Gateway.Id,
            found.Kind,
            found.Points,
            index => found.TryRead(index, out LiveValue value) && value.IsUsable ? PointView.ValueOf(found.Points[index], value) : null)
        : null;
}
