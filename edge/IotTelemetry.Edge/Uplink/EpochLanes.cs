using IotTelemetry.Edge.Outbox;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Uplink;

/// <summary>One lane per epoch of the outbox, oldest first; the last is the live one. Used by the uplink's loop alone.</summary>
internal sealed class EpochLanes(FrameOutbox outbox, UplinkOptions options, UplinkCounters counters, TimeProvider time, ILogger log) : IDisposable
{
    private readonly RateBudget _backlogBudget = new(options.BacklogBytesPerSecond, time);
    private readonly List<EpochLane> _lanes = [];
    private int _epochsSeen = -1;

    /// <summary>Whether old epochs drain behind the live one.</summary>
    public bool HasBacklog => _lanes.Count > 1;

    public EpochLane? Find(ulong epoch) => _lanes.Find(l => l.Epoch == epoch);

    /// <summary>The next message to send: a live one if there is any, otherwise the oldest, if <paramref name="mayBacklog"/> and the rate allow.</summary>
    public bool TryRead(bool mayBacklog, out OutgoingMessage message)
    {
        Sync();
        var now = time.GetTimestamp();
        if (_lanes[^1].TryRead(options.MaximumUnconfirmed, now, out message))
        {
            return true;
        }

        for (var i = 0; i < _lanes.Count - 1 && mayBacklog && _backlogBudget.HasBudget(); i++)
        {
            if (_lanes[i].TryRead(options.MaximumUnconfirmed, now, out message))
            {
                _backlogBudget.Spend(message.Payload.Length);
                return true;
            }
        }

        return false;
    }

    /// <summary>Everything behind the cursors is to be sent again, over a connection on which nothing is in flight.</summary>
    public void Rewind()
    {
        foreach (var lane in _lanes)
        {
            lane.InFlight = 0;
            lane.Rewind(time.GetTimestamp());
        }
    }

    /// <summary>Lets lanes send again whose frames are all answered and whose cursor has not moved for too long.</summary>
    public void RewindWhereCursorStandsStill()
    {
        var now = time.GetTimestamp();
        foreach (var lane in _lanes)
        {
            var patience = options.ResendAfter * (1 << Math.Min(lane.Resends, 4));
            if (lane.InFlight == 0 && lane.SentSeq > lane.ConfirmedSeq && time.GetElapsedTime(lane.ProgressAt, now) >= patience)
            {
                if (lane.Resends == 0)
                {
                    UplinkLog.CursorStandsStill(log, lane.Epoch, lane.ConfirmedSeq, lane.SentSeq, patience);
                }

                counters.Resent();
                lane.RewindAfterStandstill(now);
            }
        }
    }

    public void Dispose()
    {
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private void Sync()
    {
        if (_epochsSeen == outbox.EpochChanges)
        {
            return;
        }

        _epochsSeen = outbox.EpochChanges;
        var epochs = outbox.Epochs();
        for (var i = _lanes.Count - 1; i >= 0; i--)
        {
            if (!Array.Exists(epochs, e => e.Epoch == _lanes[i].Epoch))
            {
                _lanes[i].Dispose();
                _lanes.RemoveAt(i);
            }
        }

        foreach (var epoch in epochs)
        {
            if (Find(epoch.Epoch) is null)
            {
                _lanes.Add(new EpochLane(outbox, epoch, time.GetTimestamp()));
            }
        }

        // In the outbox's order: the current epoch is the last, also when its number is not the greatest.
        _lanes.Sort((a, b) => Array.FindIndex(epochs, e => e.Epoch == a.Epoch).CompareTo(Array.FindIndex(epochs, e => e.Epoch == b.Epoch)));
    }
}
