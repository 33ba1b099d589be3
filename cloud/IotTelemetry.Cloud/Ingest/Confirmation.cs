using IotTelemetry.Broker;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>How the sender of one message learns what became of it: a PUBACK the broker in this process holds back, one that is owed to another broker, or a call-back of a sender in this process.</summary>
internal readonly struct Confirmation
{
    private readonly MqttDeferredAcknowledgement _acknowledgement;
    private readonly MqttPendingAcknowledgement _pending;
    private readonly Action<MqttReasonCode>? _callback;

    public Confirmation(MqttDeferredAcknowledgement acknowledgement) => _acknowledgement = acknowledgement;

    public Confirmation(MqttPendingAcknowledgement pending) => _pending = pending;

    public Confirmation(Action<MqttReasonCode> callback) => _callback = callback;

    /// <summary>Tells the sender; nobody may be there any more, which is no error: the cursor tells it again.</summary>
    public void Complete(MqttReasonCode reason)
    {
        if (_callback is not null)
        {
            _callback(reason);
        }
        else
        {
            // Whichever it is not does nothing.
            _acknowledgement.Complete(reason);
            _pending.Complete(reason);
        }
    }
}
