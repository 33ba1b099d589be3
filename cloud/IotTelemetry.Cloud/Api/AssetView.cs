using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Api;

/// <summary>An asset as the API shows it.</summary>
internal sealed record AssetView
{
    /// <summary><c>site/asset</c>.</summary>
    public required string Id { get; init; }

    public required string Site { get; init; }

    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>The gateway that has it, by name.</summary>
    public required string Gateway { get; init; }

    public required GatewayPresence Presence { get; init; }

    public AssetPosition? Position { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required IReadOnlyList<PointView> Points { get; init; }

    /// <summary>Readings taken since the service started.</summary>
    public required ulong Updates { get; init; }

    /// <summary>Readings that came later than newer ones, since the service started.</summary>
    public required uint Late { get; init; }

    /// <summary>The command under way.</summary>
    public PendingCommand? Pending { get; init; }

    /// <summary>Who keeps it from being switched.</summary>
    public AssetLockout? Lockout { get; init; }

    /// <summary>Its last commands, the newest first; only where one asset is asked for.</summary>
    public IReadOnlyList<CommandView>? Commands { get; init; }

    /// <summary>True when the store did not answer, and <see cref="Commands"/> are those the service has in memory.</summary>
    public bool? CommandsIncomplete { get; init; }

    public static AssetView Of(in LiveAsset asset, AssetHold hold, long nowMs)
    {
        PointView[] points = new PointView[asset.Points.Count];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = PointView.Of(asset.Points[i], asset.TryRead(i, out LiveValue value) ? value : null);
        }

        return new AssetView
        {
            Id = asset.Id.ToString(),
            Site = asset.Id.Site,
            Name = asset.Id.Name,
            Kind = asset.Kind,
            Gateway = asset.Gateway.Id.Gateway,
            Presence = asset.Gateway.Presence(nowMs),
            Position = asset.Position,
            Tags = asset.Tags.ToDictionary(),
            Points = points,
            Updates = asset.Model.UpdatesOf(asset.Number),
            Late = asset.Model.LateOf(asset.Number),
            Pending = hold.Pending,
            Lockout = hold.Lockout,
        };
    }
}
