using System.Collections.Concurrent;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Lockouts;

/// <summary>
/// Brings the lockouts to the gateways: the whole set, retained, whenever it changes, at the start, and again whenever a gateway reports that it has an older one. Thread-safe.
/// </summary>
internal sealed class LockoutPost(IGatewayLink link, ILogger<LockoutPost> logger)
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<GatewayId, long> _reported = new();

    /// <summary>Whether the gateway has said that it has this revision, or a newer one, on its disk.</summary>
    public bool HasArrived(GatewayId gateway, long revision) => _reported.TryGetValue(gateway, out long reported) && reported >= revision;

    /// <summary>Remembers what a gateway says that it has.</summary>
    public void Reported(GatewayId gateway, long revision) => _reported[gateway] = revision;

    /// <summary>Publishes a set. That it is not taken is logged, and mended by the next status of the gateway.</summary>
    public async Task SendAsync(GatewayLockouts lockouts)
    {
        using CancellationTokenSource tooLate = new(SendTimeout);
        try
        {
            MqttMessage message = new()
            {
                Topic = new GatewayTopics(lockouts.Gateway).Lockouts,
                Payload = lockouts.ToMessage().Encode(),
                PayloadIsUtf8 = true,
                QualityOfService = MqttQualityOfService.AtLeastOnce,
                Retain = true,
            };
            await link.SendAsync(lockouts.Gateway, message, tooLate.Token);
        }
        catch (Exception failure) when (failure is GatewayLinkException || tooLate.IsCancellationRequested)
        {
            LockoutLog.NotSent(logger, lockouts.Revision, lockouts.Gateway.ToString(), failure);
        }
    }
}
