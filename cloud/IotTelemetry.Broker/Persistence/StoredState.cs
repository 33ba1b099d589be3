using System.Text;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Persistence;

/// <summary>
/// What a row of records amounts to: sessions and retained messages. Built at start, and again by each compaction. A record that refers to something
/// unknown has no effect, because what it refers to has ended.
/// </summary>
internal sealed class StoredState
{
    private readonly Dictionary<long, StoredMessage> _messages = [];

    public Dictionary<long, StoredSession> Sessions { get; } = [];

    public Dictionary<byte[], StoredMessage> Retained { get; } = new(Utf8LevelComparer.Instance);

    /// <summary>The highest session or message number seen.</summary>
    public long LastNumber { get; private set; }

    public void Apply(RecordReader record)
    {
        switch (record.Type)
        {
            case RecordType.Session:
                ApplySession(ref record);
                break;
            case RecordType.SessionEnded:
                Sessions.Remove(record.Integer());
                break;
            case RecordType.Message:
                ApplyMessage(ref record);
                break;
            case RecordType.Retained:
                if (_messages.TryGetValue(record.Integer(), out var retained))
                {
                    Retained[retained.Topic.ToArray()] = retained;
                }

                break;
            case RecordType.RetainedCleared:
                Retained.Remove(record.Bytes().ToArray());
                break;
            default:
                if (Sessions.TryGetValue(record.Integer(), out var session))
                {
                    ApplyTo(session, ref record);
                }

                break;
        }
    }

    /// <summary>Writes the state as records, each message once.</summary>
    public void WriteTo(RecordWriter writer, Action flush)
    {
        var written = new HashSet<long>();
        foreach (var message in Retained.Values)
        {
            StoreRecords.WriteMessage(writer, message, written);
            writer.Begin(RecordType.Retained).Integer(message.StoreId).End();
            flush();
        }

        foreach (var session in Sessions.Values)
        {
            WriteSession(writer, session, written);
            flush();
        }
    }

    private static void WriteSession(RecordWriter writer, StoredSession session, HashSet<long> written)
    {
        StoreRecords.WriteSession(writer, session.Number, session.ClientId, session.ExpirySeconds, session.ExpiresAt);
        foreach (var subscription in session.Subscriptions.Values)
        {
            StoreRecords.WriteSubscription(writer, session.Number, subscription);
        }

        foreach (var packetId in session.Inbound)
        {
            writer.Begin(RecordType.InboundReceived).Integer(session.Number).Integer(packetId).End();
        }

        foreach (var (packetId, outbound) in session.Inflight)
        {
            if (outbound.Message is not null)
            {
                StoreRecords.WriteMessage(writer, outbound.Message, written);
                StoreRecords.WriteOutbound(writer, RecordType.Sent, session.Number, outbound, packetId);
            }
            else
            {
                // PUBREC without a message before it: PUBREL is owed
                writer.Begin(RecordType.Received).Integer(session.Number).Integer(packetId).End();
            }
        }

        foreach (var outbound in session.Owed.Values)
        {
            StoreRecords.WriteMessage(writer, outbound.Message, written);
            StoreRecords.WriteOutbound(writer, RecordType.Owed, session.Number, outbound, packetId: 0);
        }
    }

    private void ApplySession(ref RecordReader record)
    {
        var number = Seen(record.Integer());
        var clientId = Encoding.UTF8.GetString(record.Bytes());
        if (!Sessions.TryGetValue(number, out var session))
        {
            session = new StoredSession { Number = number, ClientId = clientId };
            Sessions.Add(number, session);
        }

        session.ExpirySeconds = (uint)record.Integer();
        session.ExpiresAt = record.Integer();
    }

    private void ApplyMessage(ref RecordReader record)
    {
        var number = Seen(record.Integer());
        if (_messages.ContainsKey(number))
        {
            return;
        }

        var qualityOfService = (MqttQualityOfService)record.Integer();
        var expiresAt = record.Integer();
        var topic = record.Bytes();
        var properties = record.Bytes();
        _messages.Add(number, new StoredMessage(topic, properties, record.Bytes(), qualityOfService, expiresAt) { StoreId = number });
    }

    private void ApplyTo(StoredSession session, ref RecordReader record)
    {
        switch (record.Type)
        {
            case RecordType.Subscribed:
                var filter = record.Bytes().ToArray();
                var options = (int)record.Integer();
                session.Subscriptions[Encoding.UTF8.GetString(filter)] = new StoredSubscription(
                    filter, (MqttQualityOfService)(options & 3), (options & 4) != 0, (options & 8) != 0, ReadIdentifiers(ref record));
                break;
            case RecordType.Unsubscribed:
                session.Subscriptions.Remove(Encoding.UTF8.GetString(record.Bytes()));
                break;
            case RecordType.Owed:
                if (ReadOutbound(ref record, out var owed, out _))
                {
                    session.Owed[owed.Message.StoreId] = owed;
                }

                break;
            case RecordType.Sent:
                if (ReadOutbound(ref record, out var sent, out var packetId))
                {
                    session.Owed.Remove(sent.Message.StoreId);
                    session.Inflight.Remove(packetId);
                    session.Inflight.Add(packetId, sent);
                }

                break;
            case RecordType.Received:
                session.Inflight[(ushort)record.Integer()] = default;
                break;
            case RecordType.Completed:
                session.Inflight.Remove((ushort)record.Integer());
                break;
            case RecordType.Dropped:
                session.Owed.Remove(record.Integer());
                break;
            case RecordType.InboundReceived:
                session.Inbound.Add((ushort)record.Integer());
                break;
            case RecordType.InboundReleased:
                session.Inbound.Remove((ushort)record.Integer());
                break;
            default:
                throw new InvalidDataException($"The store has a record of type {(byte)record.Type}, which this version does not know; it was written by a later one.");
        }
    }

    private bool ReadOutbound(ref RecordReader record, out OutboundMessage outbound, out ushort packetId)
    {
        var isKnown = _messages.TryGetValue(record.Integer(), out var message);
        var options = (int)record.Integer();
        packetId = (ushort)record.Integer();
        outbound = isKnown
            ? new OutboundMessage(message!, (MqttQualityOfService)(options & 3), (options & 8) != 0, ReadIdentifiers(ref record))
            : default;
        return isKnown;
    }

    private static uint[] ReadIdentifiers(ref RecordReader record)
    {
        if (!record.HasMore)
        {
            return [];
        }

        var identifiers = new List<uint>();
        while (record.HasMore)
        {
            identifiers.Add((uint)record.Integer());
        }

        return [.. identifiers];
    }

    private long Seen(long number)
    {
        LastNumber = Math.Max(LastNumber, number);
        return number;
    }
}
