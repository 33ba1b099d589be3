namespace IotTelemetry.Broker.Sessions;

/// <summary>One message in flight to a client.</summary>
internal struct InflightEntry
{
    public OutboundMessage Outbound;

    /// <summary>Order of sending, for retransmission ([MQTT-4.6.0-1]).</summary>
    public ulong Order;

    public ushort PacketId;
    public InflightState State;
}
