using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker;

/// <summary>The right, and the duty, to acknowledge one publish. Copyable, storable, usable from any thread. The default value is inert.</summary>
public readonly struct MqttDeferredAcknowledgement
{
    /// <summary>
    /// Acknowledges the publish. Call once per deferral: further calls have no effect. When several handlers deferred the same publish the last completion
    /// sends the acknowledgement, with the first failure among them.
    /// </summary>
    /// <param name="reason">Success, NoMatchingSubscribers, or a failure that PUBACK and PUBREC allow. MQTT 3.1.1 clients get a plain acknowledgement for Success; a failure closes their connection so that they send again.</param>
    /// <returns>False when there is nobody to tell: the connection is gone, or the acknowledgement was already given.</returns>
    public bool Complete(MqttReasonCode reason) => throw new NotImplementedException();
}
