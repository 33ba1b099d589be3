using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Uplink;

/// <summary>Publishes what the gateway says of itself: births, status, results of commands. Used by the uplink's loop; <see cref="PublishAsync"/> from any thread.</summary>
internal sealed class GatewayAnnouncer(FrameOutbox outbox, IUplinkTransport transport, GatewayTopics topics, IGatewayAnnouncements announcements, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan BirthRepeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<BirthHash, long> _sentAt = [];
    private readonly Dictionary<string, string> _refusalsSaid = [];
    private BirthHash? _unknownSaid;
    private long _statusAt;

    /// <summary>Once it is cancelled nothing waits for the broker any more, except what has a time-out of its own.</summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>How long ago the status was said last.</summary>
    public TimeSpan StatusAge => time.GetElapsedTime(_statusAt);

    /// <summary>Births of older epochs, then this run's, then the status: after that frames can be understood. False when the broker did not take them all.</summary>
    public async ValueTask<bool> SayAllAsync(UplinkConnection connection)
    {
        var epochs = outbox.Epochs();
        var current = announcements.CurrentBirth(epochs);
        var told = new HashSet<BirthHash?> { announcements.HashOf(current) };
        foreach (var epoch in epochs)
        {
            if (announcements.HashOf(epoch.Birth) is { } hash && told.Add(hash))
            {
                await PublishAsync(topics.Birth, announcements.OlderBirth(epoch.Birth, epochs), retain: false, connection);
            }
        }

        return await PublishAsync(topics.Birth, current, retain: true, connection) && await SayStatusAsync(GatewayState.Online, connection);
    }

    /// <summary>This run's birth, because its header has changed.</summary>
    public ValueTask<bool> SayBirthAsync(UplinkConnection connection) => PublishAsync(topics.Birth, announcements.CurrentBirth(outbox.Epochs()), retain: true, connection);

    /// <summary>A birth that the cloud asks for. It asks with every cursor until it has it, so one is sent at most every ten seconds.</summary>
    public async ValueTask SayBirthAsync(BirthHash hash, UplinkConnection connection)
    {
        if (_sentAt.TryGetValue(hash, out var sentAt) && time.GetElapsedTime(sentAt) < BirthRepeat)
        {
            return;
        }

        var epochs = outbox.Epochs();
        var current = announcements.CurrentBirth(epochs);
        var isCurrent = announcements.HashOf(current) == hash;
        var birth = isCurrent ? current : announcements.OlderBirth(epochs.FirstOrDefault(e => announcements.HashOf(e.Birth) == hash).Birth, epochs);
        if (birth.IsEmpty)
        {
            if (_unknownSaid != hash)
            {
                // The cloud asks with each cursor.
                _unknownSaid = hash;
                UplinkLog.UnknownBirthAsked(log, hash.ToString());
            }

            return;
        }

        _sentAt[hash] = time.GetTimestamp();
        await PublishAsync(topics.Birth, birth, retain: isCurrent, connection);
    }

    public ValueTask<bool> SayStatusAsync(GatewayState state, UplinkConnection connection, TimeSpan? timeout = null)
    {
        _statusAt = time.GetTimestamp();
        return PublishAsync(topics.Status, announcements.Status(state), retain: true, connection, timeout);
    }

    /// <summary>Publishes one message; false when the broker did not take it.</summary>
    public async ValueTask<bool> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, UplinkConnection connection, TimeSpan? timeout = null)
    {
        try
        {
            var answer = await transport.PublishAsync(topic, payload, retain, connection).AsTask().WaitAsync(timeout ?? Timeout, time, timeout is null ? Stopping : CancellationToken.None);
            SayRefusal(topic, answer.Accepted ? null : answer.Reason);
            return answer.Accepted;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The connection is lost, and that is told by an event of its own; the next connection announces again. Or the agent stops.
            return false;
        }
        catch (TimeoutException)
        {
            SayRefusal(topic, "no answer in time");
            return false;
        }
    }

    /// <summary>A refusal is told once, until the topic's next message is taken (null) or refused for another reason.</summary>
    private void SayRefusal(string topic, string? reason)
    {
        lock (_refusalsSaid)
        {
            if (reason is null)
            {
                _refusalsSaid.Remove(topic);
            }
            else if (_refusalsSaid.GetValueOrDefault(topic) != reason)
            {
                _refusalsSaid[topic] = reason;
                UplinkLog.AnnouncementRefused(log, topic, reason);
            }
        }
    }
}
