using System.Collections.Concurrent;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>Keeps who is online, by the gateways' own status messages and their wills. Thread-safe.</summary>
internal sealed class StatusIntake(GatewayRegistry registry, LiveState? live, Status.IngestCounters counters, ILogger<StatusIntake> logger)
{
    private readonly ConcurrentDictionary<GatewaySession, GatewayStatus> _status = new();

    /// <summary>Called with every status that is understood, on the connection's read loop: who listens must not wait.</summary>
    public event Action<GatewayId, GatewayStatus>? Heard;

    /// <summary>How many gateways say they are online.</summary>
    public int Online => _status.Values.Count(status => status.State == GatewayState.Online);

    /// <summary>Knows no longer whether the gateway is online.</summary>
    public void Forget(GatewaySession gateway) => _status.TryRemove(gateway, out _);

    /// <summary>Takes what came in on a status topic. A status is of the moment: it is confirmed at once and not stored.</summary>
    public void Take(in Delivery delivery)
    {
        MqttReasonCode reason = MqttReasonCode.Success;
        if (!TopicAddress.TryParse(delivery.Topic.Span, out TopicAddress address, out _))
        {
            reason = MqttReasonCode.TopicNameInvalid;
        }
        else if (delivery.Payload.IsEmpty)
        {
            _status.TryRemove(registry.Get(address), out _);
            live?.Get(registry.Get(address).Id).Say(null, delivery.ReceivedAtMs);
        }
        else
        {
            try
            {
                GatewayStatus status = GatewayStatus.Decode(delivery.Payload.Span);
                _status[registry.Get(address)] = status;
                live?.Get(registry.Get(address).Id).Say(status, delivery.ReceivedAtMs);
                Heard?.Invoke(registry.Get(address).Id, status);
            }
            catch (MessageFormatException refusal)
            {
                reason = ReasonName.CodeOf(refusal.Reason);
                counters.MessageRejected();
                Hosting.CloudLog.MessageRejected(logger, registry.Get(address).Id.ToString(), delivery.Client, ReasonName.Of(refusal.Reason), refusal.Message);
            }
        }

        delivery.Confirmation.Complete(reason);
    }
}
