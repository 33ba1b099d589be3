using IotTelemetry.Broker.Routing;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Sessions;

/// <summary>A message on its way to one session, with what that session's subscription made of it.</summary>
internal readonly struct OutboundMessage
{
    public OutboundMessage(StoredMessage message, MqttQualityOfService qualityOfService, bool retain, uint[] identifiers)
    {
        Message = message;
        QualityOfService = qualityOfService;
        Retain = retain;
        Identifiers = identifiers;
    }

    public StoredMessage Message { get; }

    /// <summary>The lower of what was published and what was subscribed.</summary>
    public MqttQualityOfService QualityOfService { get; }

    /// <summary>The RETAIN flag the subscriber gets.</summary>
    public bool Retain { get; }

    /// <summary>The identifiers of all the session's subscriptions that matched.</summary>
    public uint[] Identifiers { get; }
}
