using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Uplink;

/// <summary>The sending of one epoch: what was sent, what is unanswered, what is confirmed. Used by the uplink's loop alone.</summary>
internal sealed class EpochLane(FrameOutbox outbox, EpochState epoch, long now) : IDisposable
{
    private readonly OutboxReader _reader = new(outbox, epoch.Epoch, epoch.ConfirmedSeq);
    private readonly HashSet<ulong> _setAside = [];
    private ulong _announced = FrameLimits.FirstSequence;

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

    /// <summary>Frames that the broker refused for good and the cursor has not passed, with the broker's reason.</summary>
    public SortedDictionary<ulong, string> RefusedForGood { get; } = [];

    /// <summary>
    /// The next message to send: a frame, or the position that has to go before it when it is not the one the cloud expects after what was said since the last <see cref="Rewind"/>
    /// (SPECIFICATION.md, section 5.8).
    /// </summary>
    public bool TryRead(int maximumUnconfirmed, long now, out OutgoingMessage message)
    {
        message = default;
        if (SentSeq - ConfirmedSeq >= (ulong)maximumUnconfirmed || !TryReadFrame(out var frame))
        {
            return false;
        }

        if (frame.Seq != _announced)
        {
            // The frame is read again behind it, unless the outbox has dropped it by then.
            frame.Return();
            _reader.Seek(frame.Seq - 1);
            _announced = frame.Seq;
            message = new OutgoingMessage(this, null, new EpochPosition(Epoch, frame.Seq).Encode());
            return true;
        }

        if (SentSeq == ConfirmedSeq)
        {
            ProgressAt = now;
        }

        SentSeq = frame.Seq;
        _announced = frame.Seq + 1;
        message = new OutgoingMessage(this, frame, frame.Payload);
        return true;
    }

    /// <summary>A frame that will never be sent (again), though it lies in the outbox until the cursor has passed it.</summary>
    public void SetAside(ulong seq)
    {
        _setAside.Add(seq);
        if (_announced == seq + 1)
        {
            // It was read to be sent and is not: the next one is no successor.
            _announced = seq;
        }
    }

    public bool IsSetAside(ulong seq) => _setAside.Contains(seq);

    public void Confirm(ulong seq, long now)
    {
        if (seq <= ConfirmedSeq)
        {
            return;
        }

        ConfirmedSeq = seq;
        _setAside.RemoveWhere(s => s <= seq);
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
        _announced = FrameLimits.FirstSequence;
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

    private bool TryReadFrame(out OutboxFrame frame)
    {
        while (_reader.TryRead(out frame))
        {
            if (!_setAside.Contains(frame.Seq))
            {
                return true;
            }

            frame.Return();
        }

        return false;
    }
}
