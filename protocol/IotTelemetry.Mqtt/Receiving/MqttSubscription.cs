using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>A live subscription. Made again by the client whenever the server lost the session; ends when disposed.</summary>
public sealed class MqttSubscription : IAsyncDisposable
{
    private readonly MqttClient _client;
    private readonly byte[][] _matchedFilters;

    internal MqttSubscription(
        MqttClient client, uint identifier, IReadOnlyList<string> filters, MqttMessageHandler handler, MqttSubscribeOptions options, TimeProvider time)
    {
        _client = client;
        Identifier = identifier;
        Filters = filters;
        Options = options;
        EncodedFilters = [.. filters.Select(Encoding.UTF8.GetBytes)];
        _matchedFilters = [.. EncodedFilters.Select(WithoutShare)];
        Queue = new SubscriptionQueue(client, handler, options, time);
    }

    /// <summary>The topic filters.</summary>
    public IReadOnlyList<string> Filters { get; }

    /// <summary>How it was made.</summary>
    public MqttSubscribeOptions Options { get; }

    /// <summary>
    /// Completes when the server has accepted the subscription for the first time; fails with <see cref="MqttSubscriptionRefusedException"/> if it
    /// refuses, and with <see cref="MqttConnectionLostException"/> if the client is closed before. Of interest for one made before connecting.
    /// </summary>
    public Task Accepted => Answered.Task;

    /// <summary>QoS 0 messages dropped because the queue was full.</summary>
    public long Dropped => Queue.Dropped;

    internal uint Identifier { get; }

    internal byte[][] EncodedFilters { get; }

    internal SubscriptionQueue Queue { get; }

    internal SubscriptionState State { get; private set; }

    /// <summary>Completes with the server's first answer.</summary>
    internal TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when UNSUBSCRIBE is answered or cannot be.</summary>
    internal TaskCompletionSource Unsubscribed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Unsubscribes (if connected) and ends the handler; takes at most about <see cref="MqttClientOptions.DisposeTimeout"/>.</summary>
    public ValueTask DisposeAsync() => _client.UnsubscribeAsync(this);

    internal bool Matches(ReadOnlySpan<byte> topic)
    {
        foreach (var filter in _matchedFilters)
        {
            if (MqttTopicFilter.Matches(filter, topic))
            {
                return true;
            }
        }

        return false;
    }

    internal bool Enqueue(in MqttPublishPacket packet, long token, out bool mustStart) => Queue.Enqueue(packet, token, out mustStart);

    internal void Start() => Queue.Start();

    internal ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => Queue.WaitForRoomAsync(cancellationToken);

    /// <summary>Moves to the next state; called under the client's lock.</summary>
    internal void MoveTo(SubscriptionState next)
    {
        if (!SubscriptionTransitions.IsAllowed(State, next))
        {
            throw new InvalidOperationException($"A subscription that is {State} cannot become {next}.");
        }

        State = next;
    }

    /// <summary>The connection has ended: what was asked of it is not answered any more.</summary>
    internal void Unanswered()
    {
        if (State == SubscriptionState.Requested)
        {
            MoveTo(SubscriptionState.Unmade);
        }
        else if (State == SubscriptionState.Ending)
        {
            Unsubscribed.TrySetResult();
        }
    }

    /// <summary>The server has lost the session.</summary>
    internal void Forget()
    {
        if (State is SubscriptionState.Made or SubscriptionState.Refused)
        {
            MoveTo(SubscriptionState.Unmade);
        }
    }

    private static byte[] WithoutShare(byte[] filter) =>
        MqttTopicFilter.TrySplitShared(filter, out _, out var inner) ? inner.ToArray() : filter;
}
