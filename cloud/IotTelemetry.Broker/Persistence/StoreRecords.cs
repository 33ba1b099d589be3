using System.Text;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;

namespace IotTelemetry.Broker.Persistence;

/// <summary>Writes the records that have more than a few numbers. <see cref="StoredState"/> reads them.</summary>
internal static class StoreRecords
{
    private const int RetainFlag = 8;

    public static void WriteSession(RecordWriter writer, long number, string clientId, uint expirySeconds, long expiresAt) =>
        writer.Begin(RecordType.Session).Integer(number).Bytes(Encoding.UTF8.GetBytes(clientId)).Integer(expirySeconds).Integer(expiresAt).End();

    public static void WriteSubscription(RecordWriter writer, long session, StoredSubscription subscription)
    {
        writer.Begin(RecordType.Subscribed).Integer(session).Bytes(subscription.Filter).Integer(subscription.Options);
        foreach (var identifier in subscription.Identifiers)
        {
            writer.Integer(identifier);
        }

        writer.End();
    }

    /// <summary>Writes a message unless it is among those written.</summary>
    public static void WriteMessage(RecordWriter writer, StoredMessage message, HashSet<long> written)
    {
        if (written.Add(message.StoreId))
        {
            WriteMessage(writer, message);
        }
    }

    public static void WriteMessage(RecordWriter writer, StoredMessage message) =>
        writer.Begin(RecordType.Message).Integer(message.StoreId).Integer((long)message.QualityOfService).Integer(message.ExpiresAt)
            .Bytes(message.Topic).Bytes(message.Properties).Bytes(message.Payload).End();

    public static void WriteOutbound(RecordWriter writer, RecordType type, long session, in OutboundMessage outbound, ushort packetId)
    {
        writer.Begin(type).Integer(session).Integer(outbound.Message.StoreId)
            .Integer((int)outbound.QualityOfService | (outbound.Retain ? RetainFlag : 0)).Integer(packetId);
        foreach (var identifier in outbound.Identifiers)
        {
            writer.Integer(identifier);
        }

        writer.End();
    }
}
