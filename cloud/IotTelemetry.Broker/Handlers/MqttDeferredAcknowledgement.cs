using IotTelemetry.Broker.Handlers;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker;

/// <summary>The right, and the duty, to acknowledge one publish. Copyable, storable, usable from any thread. The default value is inert.</summary>
public readonly struct MqttDeferredAcknowledgement
{
    private readonly AcknowledgementWindow? _window;
    private readonly uint _ticket;
    private readonly int _bit;

    internal MqttDeferredAcknowledgement(AcknowledgementWindow window, uint ticket, int bit)
    {
        _window = window;
        _ticket = ticket;
        _bit = bit;
    }

    /// <summary>
    /// Acknowledges the publish. Call once per deferral: further calls have no effect. When several handlers deferred the same publish the last completion
    /// sends the acknowledgement, with the first failure among them.
    /// </summary>
    /// <param name="reason">
    /// Success, NoMatchingSubscribers, or a failure that PUBACK and PUBREC allow. MQTT 3.1.1 has no reason codes: a failure that sending again may mend
    /// (0x80, 0x83, 0x97) closes the connection, so that the client does so; any other is acknowledged.
    /// </param>
    /// <returns>False when there is nobody to tell: the connection is gone, or the acknowledgement was already given.</returns>
    public bool Complete(MqttReasonCode reason) => _window is not null && _window.Complete(_ticket, _bit, reason);
}
