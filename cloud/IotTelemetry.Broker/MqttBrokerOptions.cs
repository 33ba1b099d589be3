namespace IotTelemetry.Broker;

/// <summary>
/// Everything the broker can be told. Immutable; checked once by <see cref="Validate"/> when the broker is built.
/// Every limit says what happens when it is reached.
/// </summary>
public sealed record MqttBrokerOptions
{
    /// <summary>Network connections accepted at once. One more is refused with CONNACK 0x9F (MQTT 5) or 3 (MQTT 3.1.1). 1 to 10,000,000.</summary>
    public int MaximumConnections { get; init; } = 100_000;

    /// <summary>Largest packet a client may send, in bytes. A larger one ends its connection with DISCONNECT 0x95. 1,024 to 268,435,455.</summary>
    public int MaximumPacketSize { get; init; } = 1024 * 1024;

    /// <summary>
    /// QoS 1 and QoS 2 publishes a client may have unacknowledged. An MQTT 5 client that sends one more is disconnected with 0x93; an MQTT 3.1.1 client,
    /// which cannot be told, is not read until an acknowledgement has gone out. 1 to 65,535.
    /// </summary>
    public int ReceiveMaximum { get; init; } = 1024;

    /// <summary>Topic aliases a client may define towards the broker. 0 (none) to 65,535.</summary>
    public int TopicAliasMaximum { get; init; } = 16;

    /// <summary>Topic aliases the broker uses towards a client at most, whatever the client allows. 0 (none) to 1,024.</summary>
    public int OutgoingTopicAliasMaximum { get; init; } = 16;

    /// <summary>
    /// Longest time a session outlives its connection. A longer wish is cut and the client told so; it is also the life of an MQTT 3.1.1 session that is
    /// not clean. Zero (no session outlives its connection) to 100 years.
    /// </summary>
    public TimeSpan MaximumSessionExpiry { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Longest keep-alive a client may choose. A client that asks for more, or for none, gets this as Server Keep Alive (MQTT 5); an MQTT 3.1.1 client is
    /// measured by it all the same. <see langword="null"/>: the client's choice stands. 1 to 65,535 seconds.
    /// </summary>
    public TimeSpan? MaximumKeepAlive { get; init; }

    /// <summary>Time between accepting a connection and its complete CONNECT (and AUTH exchange). Later it is closed. 100 ms to 10 min.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>QoS 1 and QoS 2 publishes sent to one client and not yet acknowledged by it; the client's own Receive Maximum counts when lower. 1 to 65,535.</summary>
    public int MaximumInflight { get; init; } = 1024;

    /// <summary>QoS 1 and QoS 2 messages waiting for one session, in flight not counted. 0 to 10,000,000; then <see cref="QueueFull"/> decides.</summary>
    public int SessionQueueMessages { get; init; } = 10_000;

    /// <summary>Bytes (topic, properties, payload) of the messages waiting for one session. 0 to 2^40; then <see cref="QueueFull"/> decides.</summary>
    public long SessionQueueBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Which message goes when a session's queue is full. Publishers are never held up by it, and each dropped message is counted.</summary>
    public MqttQueueFullPolicy QueueFull { get; init; } = MqttQueueFullPolicy.DropOldest;

    /// <summary>
    /// Bytes written for one connection that its socket has not taken yet. Beyond it QoS 0 messages for that client are dropped and counted, QoS 1 and 2
    /// wait in the session's queue, and the client itself is not read. 4,096 to 1 GiB.
    /// </summary>
    public int MaximumOutgoingBytes { get; init; } = 1024 * 1024;

    /// <summary>Retained messages kept. A new topic beyond it is not retained: PUBACK/PUBREC 0x97 for QoS 1 and 2, counted for QoS 0. 0 to 100,000,000.</summary>
    public int MaximumRetainedMessages { get; init; } = 1_000_000;

    /// <summary>Bytes of retained messages kept; beyond it as <see cref="MaximumRetainedMessages"/>. 0 to 2^40.</summary>
    public long MaximumRetainedBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Subscriptions of one session. A further one is refused with SUBACK 0x97 (0x80 in MQTT 3.1.1). 1 to 1,000,000.</summary>
    public int MaximumSubscriptions { get; init; } = 10_000;

    /// <summary>Levels of a topic or a filter. A deeper topic ends the connection with 0x90; a deeper filter is refused with SUBACK 0x8F. 1 to 1,024.</summary>
    public int MaximumTopicLevels { get; init; } = 64;

    /// <summary>Sessions kept for clients that are not connected. Beyond it the one nearest to its expiry ends. 0 to 10,000,000.</summary>
    public int MaximumOfflineSessions { get; init; } = 100_000;

    /// <summary>
    /// Connections let in per second, averaged. A client above it waits for its turn, at most <see cref="ConnectTimeout"/>, and is refused with 0x9F (3 in
    /// MQTT 3.1.1) when its turn would come later. 0: no limit. Up to 1,000,000.
    /// </summary>
    public int ConnectionsPerSecond { get; init; }

    /// <summary>Connections let in at once before <see cref="ConnectionsPerSecond"/> counts. 1 to 1,000,000.</summary>
    public int ConnectionBurst { get; init; } = 1_000;

    /// <summary>Publishes per second taken from one client, averaged over a second. A faster client is read more slowly; nobody else notices. 0: no limit.</summary>
    public int ClientMessagesPerSecond { get; init; }

    /// <summary>Bytes per second taken from one client, averaged over a second. A faster client is read more slowly; nobody else notices. 0: no limit.</summary>
    public long ClientBytesPerSecond { get; init; }

    /// <summary>
    /// Bytes of one client that are read while its publishes wait for a handler, an acknowledgement or its rate, so that a PINGREQ among them is answered at once and the client stays connected. A client that
    /// sends more is not read further until its turn comes. 0 (never read ahead) to 1 GiB.
    /// </summary>
    public long ReadAheadBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The same for all clients together; one that finds it used up is not read ahead. 0 to 2^40.</summary>
    public long MaximumReadAheadBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>
    /// Directory of the store that keeps persistent sessions (subscriptions, queued and unacknowledged QoS 1 and 2 messages) and retained messages over a
    /// restart. <see langword="null"/>: memory only.
    /// </summary>
    public string? StoreDirectory { get; init; }

    /// <summary>
    /// Bytes of log after which the store is compacted into a snapshot (or twice the last snapshot's size, if that is more). 64 KiB to 2^40.
    /// </summary>
    public long StoreCompactBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the key, the value and what is allowed.</exception>
    public void Validate()
    {
        Check(nameof(MaximumConnections), MaximumConnections, 1, 10_000_000);
        Check(nameof(MaximumPacketSize), MaximumPacketSize, 1024, 268_435_455);
        Check(nameof(ReceiveMaximum), ReceiveMaximum, 1, ushort.MaxValue);
        Check(nameof(TopicAliasMaximum), TopicAliasMaximum, 0, ushort.MaxValue);
        Check(nameof(OutgoingTopicAliasMaximum), OutgoingTopicAliasMaximum, 0, 1024);
        Check(nameof(MaximumSessionExpiry), MaximumSessionExpiry, TimeSpan.Zero, TimeSpan.FromDays(36_525));
        Check(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Check(nameof(MaximumInflight), MaximumInflight, 1, ushort.MaxValue);
        Check(nameof(SessionQueueMessages), SessionQueueMessages, 0, 10_000_000);
        Check(nameof(SessionQueueBytes), SessionQueueBytes, 0, 1L << 40);
        Check(nameof(MaximumOutgoingBytes), MaximumOutgoingBytes, 4096, 1 << 30);
        Check(nameof(MaximumRetainedMessages), MaximumRetainedMessages, 0, 100_000_000);
        Check(nameof(MaximumRetainedBytes), MaximumRetainedBytes, 0, 1L << 40);
        Check(nameof(MaximumSubscriptions), MaximumSubscriptions, 1, 1_000_000);
        Check(nameof(MaximumTopicLevels), MaximumTopicLevels, 1, 1024);
        Check(nameof(MaximumOfflineSessions), MaximumOfflineSessions, 0, 10_000_000);
        Check(nameof(ConnectionsPerSecond), ConnectionsPerSecond, 0, 1_000_000);
        Check(nameof(ConnectionBurst), ConnectionBurst, 1, 1_000_000);
        Check(nameof(ClientMessagesPerSecond), ClientMessagesPerSecond, 0, int.MaxValue);
        Check(nameof(ClientBytesPerSecond), ClientBytesPerSecond, 0, long.MaxValue);
        Check(nameof(ReadAheadBytes), ReadAheadBytes, 0, 1L << 30);
        Check(nameof(MaximumReadAheadBytes), MaximumReadAheadBytes, 0, 1L << 40);
        Check(nameof(StoreCompactBytes), StoreCompactBytes, 64 * 1024, 1L << 40);
        if (MaximumKeepAlive is { } keepAlive)
        {
            Check(nameof(MaximumKeepAlive), keepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(ushort.MaxValue));
        }

        if (!Enum.IsDefined(QueueFull))
        {
            throw new ArgumentException($"{nameof(QueueFull)} is {QueueFull}; allowed are {string.Join(", ", Enum.GetNames<MqttQueueFullPolicy>())}.");
        }
    }

    private static void Check<T>(string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            throw new ArgumentException($"{key} is {value}; allowed is {least} to {most}.");
        }
    }
}
