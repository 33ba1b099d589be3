using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Api;

/// <summary>A site as the API shows it.</summary>
internal sealed record SiteView
{
    public required string Site { get; init; }

    public required int Gateways { get; init; }

    public required int GatewaysOnline { get; init; }

    public required int Assets { get; init; }

    public static SiteView Of(LiveSite site, long nowMs)
    {
        int online = 0;
        ReadOnlySpan<KeyValuePair<string, LiveGateway>> gateways = site.Gateways.Sorted.Span;
        foreach (KeyValuePair<string, LiveGateway> gateway in gateways)
        {
            online += gateway.Value.Presence(nowMs) == GatewayPresence.Online ? 1 : 0;
        }

        return new SiteView { Site = site.Name, Gateways = gateways.Length, GatewaysOnline = online, Assets = site.Assets };
    }
}
