using IotTelemetry.Broker.Connections;
using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Retained;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Routing;

/// <summary>Takes a publish to the retained messages and to every subscriber. Thread-safe; never waits for a client.</summary>
internal sealed class MessageRouter(RetainedStore retained, BrokerMetrics metrics, ISessionStore store)
{
    /// <summary>Retains the message if it asks for it, then delivers it along its route.</summary>
    /// <returns>
    /// Success; NoMatchingSubscribers; or QuotaExceeded when a QoS 1 or 2 message cannot be retained, and then it is not delivered either, so that the
    /// publisher's repeat does not deliver it twice.
    /// </returns>
    public MqttReasonCode Publish(ref PublishView publish, PublishRoute route, FlushList flushes)
    {
        if (publish.Retain && !TryRetain(ref publish))
        {
            return MqttReasonCode.QuotaExceeded;
        }

        if (route.Targets.IsEmpty && route.Groups.IsEmpty)
        {
            return MqttReasonCode.NoMatchingSubscribers;
        }

        foreach (ref readonly var target in route.Targets)
        {
            Deliver(target.Session, ref publish, target.MaximumQualityOfService, target.RetainAsPublished, target.Identifiers, flushes);
        }

        foreach (var group in route.Groups)
        {
            if (group.Next() is { } member)
            {
                Deliver(member.Session, ref publish, member.MaximumQualityOfService, member.RetainAsPublished, member.Identifiers, flushes);
            }
        }

        return MqttReasonCode.Success;
    }

    private static void Deliver(
        Session session, ref PublishView publish, MqttQualityOfService maximum, bool retainAsPublished, uint[] identifiers, FlushList flushes)
    {
        var qualityOfService = publish.QualityOfService < maximum ? publish.QualityOfService : maximum;
        var retain = publish.Retain && retainAsPublished;
        if (qualityOfService == MqttQualityOfService.AtMostOnce)
        {
            session.DeliverAtMostOnce(ref publish, retain, identifiers, flushes);
        }
        else
        {
            session.Deliver(new OutboundMessage(publish.ToMessage(), qualityOfService, retain, identifiers), flushes);
        }
    }

    private bool TryRetain(ref PublishView publish)
    {
        var message = publish.ToMessage();
        if (retained.TrySet(message))
        {
            store.Retain(message);
            return true;
        }

        metrics.RetainRefused();

        // A QoS 0 publisher cannot be told: its message is delivered, not retained, and counted.
        return publish.QualityOfService == MqttQualityOfService.AtMostOnce;
    }
}
