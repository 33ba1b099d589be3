using System.Collections.Immutable;
using System.Text;
using IotTelemetry.Cloud.Telemetry;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>What ingest knows of one gateway. Whoever handles a message of the gateway first takes <see cref="Turn"/>: two connections may claim to be the same gateway.</summary>
internal sealed class GatewaySession(GatewayId id)
{
    // A backlog may name a few older models; one that was put out is read from the store again.
    private const int BirthsKept = 8;

    // Of its last frames refused, the cursor repeats this many.
    private const int RefusedKept = 16;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, EpochState> _epochs = [];
    private readonly List<PreparedBirth> _births = [];
    private readonly Queue<RefusedFrame> _refused = [];
    private long _activity;
    private long? _newEpochDemandedAt;

    public GatewayId Id { get; } = id;

    public GatewayTopics Topics { get; } = new(id);

    public byte[] SiteUtf8 { get; } = Encoding.UTF8.GetBytes(id.Site);

    public byte[] GatewayUtf8 { get; } = Encoding.UTF8.GetBytes(id.Gateway);

    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>What it did lately, for <c>internal_telemetry</c>.</summary>
    public GatewayActivity Activity { get; } = new();

    /// <summary>Frames that wait for a birth, in order. Changed by whoever has the turn.</summary>
    public Queue<HeldFrame> Held { get; } = [];

    /// <summary>The hash of the newest birth in the store. Changed by whoever has the turn.</summary>
    public BirthHash? StoredBirth { get; set; }

    /// <summary>The epoch its live frames flow in, by its newest birth; null while it has not said. Changed by whoever has the turn.</summary>
    public ulong? LiveEpoch { get; set; }

    /// <summary>When the gateway was last asked for a birth. Changed by whoever has the turn.</summary>
    public long? RebirthAskedAt { get; set; }

    /// <summary>Births that held frames name and that neither memory nor the store knows; at most <see cref="StoredCursor.MaximumRebirths"/>.</summary>
    public ImmutableList<BirthHash> WantedBirths { get; set; } = [];

    /// <summary>Timestamp of the last cursor; owned by the cursor publisher.</summary>
    public long CursorSentAt { get; set; }

    /// <summary>The state of an epoch; new when the epoch was never seen.</summary>
    public EpochState Epoch(ulong epoch)
    {
        lock (_gate)
        {
            if (!_epochs.TryGetValue(epoch, out EpochState? state))
            {
                _epochs.Add(epoch, state = new EpochState(epoch));
            }

            state.LastActive = ++_activity;
            return state;
        }
    }

    /// <summary>Remembers a birth. Called by whoever has the turn.</summary>
    public void AddBirth(PreparedBirth birth)
    {
        _births.RemoveAll(known => known.Birth.Hash == birth.Birth.Hash);
        _births.Add(birth);
        if (_births.Count > BirthsKept)
        {
            _births.RemoveAt(0);
        }

        WantedBirths = WantedBirths.Remove(birth.Birth.Hash);
    }

    /// <summary>The birth with this hash, if it is known. Called by whoever has the turn.</summary>
    public PreparedBirth? FindBirth(BirthHash hash)
    {
        foreach (PreparedBirth birth in _births)
        {
            if (birth.Birth.Hash == hash)
            {
                return birth;
            }
        }

        return null;
    }

    public void AddRefused(RefusedFrame frame)
    {
        lock (_gate)
        {
            _refused.Enqueue(frame);
            if (_refused.Count > RefusedKept)
            {
                _refused.Dequeue();
            }
        }
    }

    /// <summary>True while a frame is taken that is not stored yet.</summary>
    public bool HasFramesOnTheirWay
    {
        get
        {
            lock (_gate)
            {
                foreach (EpochState epoch in _epochs.Values)
                {
                    if (epoch.AcceptedNext > epoch.StoredNext)
                    {
                        return true;
                    }
                }

                return false;
            }
        }
    }

    /// <summary>
    /// What to tell the gateway now. A contradicted epoch is left out: its cursor speaks of frames that this outbox does not have, and would delete others
    /// under the same numbers. A new epoch is demanded while that epoch is the live one, and not again before <paramref name="repeat"/> is over: the gateway needs a
    /// moment to say that it has begun one, and would begin another at every demand.
    /// </summary>
    public StoredCursor Cursor(TimeProvider time, TimeSpan repeat)
    {
        lock (_gate)
        {
            List<EpochCursor> epochs = [];
            bool newEpoch = false;
            bool mayDemand = _newEpochDemandedAt is not { } demanded || time.GetElapsedTime(demanded) >= repeat;
            foreach (EpochState epoch in _epochs.Values.OrderByDescending(e => e.LastActive))
            {
                newEpoch |= epoch.Contradicted && mayDemand && epoch.Epoch == (LiveEpoch ?? epoch.Epoch);
                if (!epoch.Contradicted && epoch.StoredNext > FrameLimits.FirstSequence && epochs.Count < StoredCursor.MaximumEpochs)
                {
                    epochs.Add(new EpochCursor(epoch.Epoch, epoch.StoredNext - 1));
                }
            }

            _newEpochDemandedAt = newEpoch ? time.GetTimestamp() : _newEpochDemandedAt;
            return new StoredCursor
            {
                Epochs = epochs,
                Refused = _refused.Count == 0 ? null : [.. _refused],
                Rebirth = WantedBirths.IsEmpty ? null : WantedBirths,
                NewEpoch = newEpoch,
            };
        }
    }
}
