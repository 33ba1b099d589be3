using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Uplink;

/// <summary>Puts frames and positions on the wire and knows what is unanswered there. Used by the uplink's loop alone; each answer comes back to it as an event.</summary>
internal sealed class FrameSender(
    EpochLanes lanes, RefusedFrames refused, IUplinkTransport transport, UplinkOptions options, string topic, UplinkCounters counters, Action<UplinkEvent> post)
{
    // The fixed header and the packet identifier, generously.
    private const int PacketOverhead = 64;

    private int _inFlight;

    /// <summary>Whether everything sent is answered.</summary>
    public bool IsIdle => _inFlight == 0;

    /// <summary>How many messages may be unanswered on a connection.</summary>
    public int Window(UplinkConnection connection) => Math.Min(options.Window, connection.MaximumInFlight);

    /// <summary>Nothing is in flight on a new connection; what is answered late was sent over an earlier one and must not be told to <see cref="Settle"/>.</summary>
    public void Begin() => _inFlight = 0;

    /// <summary>Sends as much as windows and rates allow.</summary>
    public void Send(UplinkConnection connection)
    {
        // A quarter of the window stays free for live frames, so that a backlog in flight never delays them.
        var window = Window(connection);
        var backlogWindow = Math.Max(1, window - Math.Max(1, window / 4));
        while (_inFlight < window && lanes.TryRead(mayBacklog: _inFlight < backlogWindow, out var message))
        {
            if (message.Frame is { } frame && IsHopeless(message.Lane, frame, connection))
            {
                message.Lane.SetAside(frame.Seq);
                frame.Return();
                continue;
            }

            _inFlight++;
            message.Lane.InFlight++;
            if (message.Frame is not null)
            {
                counters.FrameSent();
            }

            _ = AwaitAnswerAsync(message, connection, transport.PublishAsync(topic, message.Payload, retain: false, connection));
        }
    }

    /// <summary>Takes the answer to a message of this connection (null: it was lost before one came).</summary>
    /// <returns>The refusal, when the broker takes nothing for now; null when sending may go on.</returns>
    public PublishAnswer? Settle(EpochLane lane, ulong? seq, PublishAnswer? answer)
    {
        _inFlight--;
        lane.InFlight--;
        if (answer is not { Accepted: false } refusal)
        {
            return null;
        }

        if (seq is { } frame && refusal.ForGood)
        {
            // Most often the cursor passes it, and then it is kept. If the cloud could not even read its number the cloud waits for this frame: the next resend passes it (IsHopeless).
            lane.RefusedForGood[frame] = refusal.Reason;
            return null;
        }

        return refusal;
    }

    /// <summary>A frame that the broker will not take however often it is sent is kept for a person; a position passes it.</summary>
    private bool IsHopeless(EpochLane lane, OutboxFrame frame, UplinkConnection connection)
    {
        if (lane.RefusedForGood.Remove(frame.Seq, out var reason))
        {
            refused.Bury(frame, RefusedFrames.ByBroker(reason));
            return true;
        }

        if (frame.Length + topic.Length + PacketOverhead > connection.MaximumMessageBytes)
        {
            refused.Bury(frame, $"{frame.Length} bytes are more than the broker takes");
            return true;
        }

        return false;
    }

    private async Task AwaitAnswerAsync(OutgoingMessage message, UplinkConnection connection, ValueTask<PublishAnswer> publish)
    {
        PublishAnswer? answer = null;
        try
        {
            answer = await publish;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Lost with the connection; the next one sends it again.
        }
        finally
        {
            message.Frame?.Return();
            post(new UplinkEvent(Connection: connection, Lane: message.Lane, Seq: message.Frame?.Seq, Answer: answer));
        }
    }
}
