using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Uplink;

/// <summary>
/// Keeps frames that will never be stored where a person can look at them, before the cursor deletes them. A disk that does not take one costs that copy and no more: only the cursor makes
/// room on a full one. Used by the uplink's loop alone.
/// </summary>
internal sealed class RefusedFrames(FrameOutbox outbox, EpochLanes lanes, DeadLetterFile file, UplinkCounters counters, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>One line in so long: a cloud that refuses every frame must not fill the log.</summary>
    private static readonly TimeSpan SayAgain = TimeSpan.FromMinutes(1);

    private long? _saidAt;
    private long _notKept;

    /// <summary>Call before the cursor is confirmed to the outbox.</summary>
    public void Bury(StoredCursor cursor)
    {
        var epochs = outbox.Epochs();
        var buried = 0;
        foreach (var refused in cursor.Refused ?? [])
        {
            var reason = refused.Detail is null ? refused.Reason.ToString() : $"{refused.Reason}: {refused.Detail}";
            buried += Bury(epochs, refused.Epoch, refused.Seq, reason, isFirst: buried == 0) ? 1 : 0;
            lanes.Find(refused.Epoch)?.RefusedForGood.Remove(refused.Seq);
        }

        foreach (var (epoch, seq) in cursor.Epochs)
        {
            // Passed by the cursor and not told to be refused: of the cloud's list only the latest travel with a cursor.
            while (lanes.Find(epoch)?.RefusedForGood is { Count: > 0 } refusals && refusals.First() is var (refusedSeq, reason) && refusedSeq <= seq)
            {
                buried += Bury(epochs, epoch, refusedSeq, ByBroker(reason), isFirst: buried == 0) ? 1 : 0;
                refusals.Remove(refusedSeq);
            }
        }

        if (buried > 0)
        {
            Flush();
        }
    }

    /// <summary>Keeps a frame that would stop its epoch for ever.</summary>
    public void Bury(OutboxFrame frame, string reason)
    {
        Keep(frame, reason, isFirst: true);
        Flush();
    }

    /// <summary>The reason as it is kept.</summary>
    public static string ByBroker(string reason) => $"refused by the broker: {reason}";

    public void Dispose() => file.Dispose();

    private bool Bury(EpochState[] epochs, ulong epoch, ulong seq, string reason, bool isFirst)
    {
        var state = Array.Find(epochs, e => e.Epoch == epoch);
        if (state.Epoch != epoch || seq <= state.ConfirmedSeq || seq > state.LastSeq || lanes.Find(epoch)?.IsSetAside(seq) == true)
        {
            // The cloud repeats what it refused for some time; this one is buried already.
            return false;
        }

        using var reader = new OutboxReader(outbox, epoch, seq - 1);
        if (!reader.TryRead(out var frame))
        {
            return false;
        }

        var found = frame.Seq == seq;
        if (found)
        {
            Keep(frame, reason, isFirst);
        }

        frame.Return();
        return found;
    }

    private void Keep(OutboxFrame frame, string reason, bool isFirst)
    {
        counters.DeadLetter();
        try
        {
            file.Append(frame.Epoch, frame.Seq, reason, frame.Payload, time.GetUtcNow());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (_notKept++ == 0)
            {
                UplinkLog.DeadLetterLost(log, frame.Epoch, frame.Seq, reason, file.Path, exception.Message);
            }

            return;
        }

        if (_notKept > 0)
        {
            UplinkLog.DeadLettersKeptAgain(log, file.Path, _notKept);
            _notKept = 0;
        }

        if (isFirst && (_saidAt is not { } saidAt || time.GetElapsedTime(saidAt) >= SayAgain))
        {
            _saidAt = time.GetTimestamp();
            UplinkLog.DeadLetters(log, frame.Epoch, frame.Seq, reason, file.Path);
        }
    }

    private void Flush()
    {
        try
        {
            file.Flush();
        }
        catch (IOException exception)
        {
            // The lines stand in the page cache.
            UplinkLog.DeadLettersNotForced(log, file.Path, exception.Message);
        }
    }
}
