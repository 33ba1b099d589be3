using System.Collections.Concurrent;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Which gateways are there to take commands, by what they and their wills said since the service started. Thread-safe.</summary>
internal sealed class GatewayRoll
{
    private readonly ConcurrentDictionary<GatewayId, (GatewayState State, string BootId)> _heard = new();

    /// <summary>Whether the gateway said that it is away. One that was not heard yet may be there: its broker knows.</summary>
    public bool IsAway(GatewayId gateway) => _heard.TryGetValue(gateway, out (GatewayState State, string BootId) last) && last.State != GatewayState.Online;

    /// <summary>Takes what a gateway says of itself.</summary>
    /// <returns>True when it has come back, or was heard for the first time.</returns>
    public bool Hear(GatewayId gateway, GatewayStatus status)
    {
        (GatewayState State, string BootId) now = (status.State, status.BootId);
        bool isNews = !_heard.TryGetValue(gateway, out (GatewayState State, string BootId) before) || before != now;
        _heard[gateway] = now;
        return isNews && status.State == GatewayState.Online;
    }
}
