using IotTelemetry.Broker.Sessions;

namespace IotTelemetry.Broker.Persistence;

/// <summary>One session as the records tell it.</summary>
internal sealed class StoredSession
{
    public required long Number { get; init; }

    public required string ClientId { get; init; }

    public uint ExpirySeconds { get; set; }

    /// <summary>The broker's clock when it ends; 0 if it had a connection or never ends.</summary>
    public long ExpiresAt { get; set; }

    public Dictionary<string, StoredSubscription> Subscriptions { get; } = [];

    /// <summary>Messages that wait, by number; a message number rises with time, but not per session, so the order of the records counts.</summary>
    public OrderedDictionary<long, OutboundMessage> Owed { get; } = [];

    /// <summary>Messages in flight, by packet identifier, in the order they were sent. Those after PUBREC have no message.</summary>
    public OrderedDictionary<ushort, OutboundMessage> Inflight { get; } = [];

    public HashSet<ushort> Inbound { get; } = [];
}
