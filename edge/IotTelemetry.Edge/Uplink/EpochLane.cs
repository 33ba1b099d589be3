using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Uplink;

/// <summary>The sending of one epoch: what was sent, what is unanswered, what is confirmed. Used by the uplink's loop alone.</summary>
internal sealed class EpochLane(FrameOutbox outbox, EpochState epoch, long now) : IDisposable
{
    private readonly OutboxReader _reader = new(outbox, epoch.Epoch, epoch.ConfirmedSeq);

    public ulong Epoch { get; } = epoch.Epoch;

    public ulong ConfirmedSeq { get; private set; } = epoch.ConfirmedSeq;

    /// <summary>The last frame sent since the last <see cref="Rewind"/>.</summary>
    public ulong SentSeq { get; private set; } = epoch.ConfirmedSeq;

    /// <summary>Frames sent over this connection and not answered.</summary>
    public int InFlight { get; set; }

    /// <summary>When the cursor moved last, or sending began; a <see cref="TimeProvider"/> timestamp.</summary>
    public long ProgressAt { get; private set; } = now;

    /// <summary>How often in a row frames were sent again without the cursor having moved.</summary>
    public int Resends { get; private set; }

    /// <summary>Frames that the broker refused and the cursor has not passed, with the broker's reason.</summary>
    public SortedDictionary<ulong, string> RefusedByBroker { get; } = [];

    public bool TryRead(int maximumUnconfirmed, long now, out OutboxFrame frame)
    {
        if (SentSeq - ConfirmedSeq >= (ulong)maximumUnconfirmed || !_reader.TryRead(out frame))
        {
            frame = default;
            return false;
        }

        if (SentSeq == ConfirmedSeq)
        {
            ProgressAt = now;
        }

        SentSeq = frame.Seq;
        return true;
    }

    public void Confirm(ulong seq, long now)
    {
        if (seq <= ConfirmedSeq)
        {
            return;
        }

        ConfirmedSeq = seq;
        ProgressAt = now;
        Resends = 0;
        if (seq > SentSeq)
        {
            SentSeq = seq;
            _reader.Seek(seq);
        }
    }

    /// <summary>Everything behind the cursor is to be sent (again).</summary>
    public void Rewind(long now)
    {
        SentSeq = ConfirmedSeq;
        _reader.Seek(ConfirmedSeq);
        ProgressAt = now;
    }

    /// <summary>As <see cref="Rewind"/>, because the cursor stood still.</summary>
    public void RewindAfterStandstill(long now)
    {
        Rewind(now);
        Resends++;
    }

    public void Dispose() => _reader.Dispose();
}
