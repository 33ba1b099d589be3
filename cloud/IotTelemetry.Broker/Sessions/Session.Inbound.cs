using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Sessions;

/// <content>QoS 2 publishes from the client: each packet identifier is delivered once until PUBREL frees it.</content>
internal sealed partial class Session
{
    /// <summary>What is known of a QoS 2 publish with this identifier; nothing for a new one, which is then remembered as being with the handlers.</summary>
    public InboundState? BeginInbound(ushort packetId)
    {
        lock (Gate)
        {
            _inbound ??= [];
            if (_inbound.TryGetValue(packetId, out var state))
            {
                if (state == InboundState.WithHandler)
                {
                    _inbound[packetId] = InboundState.Repeated;
                }

                return state;
            }

            _inbound.Add(packetId, InboundState.WithHandler);
            return null;
        }
    }

    /// <summary>The handlers have answered: on success the identifier is kept until PUBREL, on failure it is free for a new publish ([MQTT-4.3.3-9]).</summary>
    /// <returns>True if the client waits for the answer on a later connection than the one the publish came on.</returns>
    public bool CompleteInbound(ushort packetId, MqttReasonCode reason)
    {
        lock (Gate)
        {
            if (_inbound is null || !_inbound.TryGetValue(packetId, out var state))
            {
                return false;
            }

            if (reason.IsError())
            {
                _inbound.Remove(packetId);
            }
            else
            {
                _inbound[packetId] = InboundState.Received;
                if (IsPersistent)
                {
                    core.Store.InboundReceived(this, packetId);
                }
            }

            return state == InboundState.Repeated;
        }
    }

    /// <summary>PUBREL has come. False if the identifier is not known.</summary>
    public bool ReleaseInbound(ushort packetId)
    {
        lock (Gate)
        {
            if (_inbound is null || !_inbound.Remove(packetId))
            {
                return false;
            }

            if (IsPersistent)
            {
                core.Store.InboundReleased(this, packetId);
            }

            return true;
        }
    }
}
