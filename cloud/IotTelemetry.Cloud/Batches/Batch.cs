using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Mqtt;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Rows that are stored together, and whom to tell then. Reused: after the first rounds filling one allocates next to nothing. Not thread-safe.
/// </summary>
internal sealed class Batch(RetentionRules retention)
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 3_600_000;
    private readonly RollupCells _minutes = new(MinuteMs);
    private readonly RollupCells _hours = new(HourMs);
    private readonly SortedDictionary<int, MonthRows> _months = [];
    private readonly Stack<MonthRows> _spare = [];
    private readonly List<Settlement> _settlements = [];

    /// <summary>Number of the batch; 0 until it is closed. Numbers of a writer rise strictly, also over restarts (<see cref="BatchNumber"/>).</summary>
    public ulong Id { get; private set; }

    /// <summary>Clock stamp (<see cref="TimeProvider.GetTimestamp"/>) of the first entry; 0 while it is empty.</summary>
    public long OpenedAt { get; private set; }

    /// <summary>When the oldest frame in it came in, Unix milliseconds; 0 without a frame.</summary>
    public long OldestReceivedAtMs { get; private set; }

    public int Rows { get; private set; }

    /// <summary>Size of the encoded columns, nearly.</summary>
    public long Bytes { get; private set; }

    public IReadOnlyDictionary<int, MonthRows> Months => _months;

    /// <summary>Into how many partitions of <c>readings</c> it goes: one insert and one new part each.</summary>
    public int Partitions { get; private set; }

    /// <summary>The aggregates of all its readings by minute; filled by <see cref="Seal"/>, as <see cref="Hours"/>.</summary>
    public RollupBlock Minutes { get; } = new("minute");

    public RollupBlock Hours { get; } = new("hour");

    public FramesBlock Frames { get; } = new();

    public RejectsBlock Rejects { get; } = new();

    public BirthsBlock Births { get; } = new();

    public List<Settlement> Settlements => _settlements;

    public bool IsEmpty => _settlements.Count == 0;

    /// <summary>Marks the moment of the first entry.</summary>
    public void Open(long timestamp) => OpenedAt = timestamp;

    /// <summary>Adds a decoded frame; rows that an earlier run stored already are left out.</summary>
    public void AddFrame(GatewaySession gateway, PreparedBirth birth, FrameColumns frame, in FrameFacts facts, Confirmation confirmation)
    {
        ReadOnlySpan<long> timestamps = frame.TimestampsMs;
        for (int start = 0; start < timestamps.Length;)
        {
            Month month = Month.Of(timestamps[start]);
            int end = start + 1;
            while (end < timestamps.Length && month.Contains(timestamps[end]))
            {
                end++;
            }

            AddMonth(month.Number, gateway, birth, frame, start, end, facts);
            start = end;
        }

        Frames.Append(gateway, facts, timestamps.Length, "stored"u8);
        Bytes += 100;
        OldestReceivedAtMs = OldestReceivedAtMs == 0 ? facts.ReceivedAtMs : OldestReceivedAtMs;
        _settlements.Add(new Settlement(gateway, facts, null, confirmation, MqttReasonCode.Success));
    }

    /// <summary>Adds a frame that can never be stored: the cursor passes it, its bytes are kept.</summary>
    public void AddRejectedFrame(GatewaySession gateway, in FrameFacts facts, in Rejection rejection, Confirmation confirmation)
    {
        Rejects.Append(gateway, facts.Epoch.Epoch, facts.Seq, facts.Fingerprint, rejection, facts.ReceivedAtMs);
        Frames.Append(gateway, facts, 0, "rejected"u8);
        Bytes += 200 + rejection.Payload.Length;
        RefusedFrame refused = new(facts.Epoch.Epoch, facts.Seq, rejection.Reason, rejection.Detail);
        _settlements.Add(new Settlement(gateway, facts, refused, confirmation, ReasonName.CodeOf(rejection.Reason)));
    }

    /// <summary>Adds a frame whose number is taken by other bytes: it is kept, and told to the gateway, but the cursor does not move by it.</summary>
    public void AddContradiction(GatewaySession gateway, in FrameFacts facts, in Rejection rejection, Confirmation confirmation)
    {
        Rejects.Append(gateway, facts.Epoch.Epoch, facts.Seq, facts.Fingerprint, rejection, facts.ReceivedAtMs);
        Bytes += 200 + rejection.Payload.Length;
        RefusedFrame refused = new(facts.Epoch.Epoch, facts.Seq, rejection.Reason, rejection.Detail);
        _settlements.Add(new Settlement(gateway, null, refused, confirmation, ReasonName.CodeOf(rejection.Reason)));
    }

    /// <summary>Adds bytes that are not a frame or not a birth, so that no cursor can pass them.</summary>
    public void AddRejectedMessage(GatewaySession? gateway, in Rejection rejection, ulong fingerprint, long receivedAtMs, Confirmation confirmation)
    {
        Rejects.Append(gateway, 0, 0, fingerprint, rejection, receivedAtMs);
        Bytes += 200 + rejection.Payload.Length;
        _settlements.Add(new Settlement(gateway, null, null, confirmation, ReasonName.CodeOf(rejection.Reason)));
    }

    /// <summary>Adds a birth; with rows only when it differs from the one stored before.</summary>
    public void AddBirth(GatewaySession gateway, Birth birth, ReadOnlySpan<byte> payload, bool isStored, long receivedAtMs, Confirmation confirmation)
    {
        if (!isStored)
        {
            long before = Births.Bytes;
            Births.Append(gateway, birth, payload, receivedAtMs);
            Bytes += Births.Bytes - before;
        }

        _settlements.Add(new Settlement(gateway, null, null, confirmation, MqttReasonCode.Success));
    }

    /// <summary>Adds a repeat of a frame that this or an earlier batch holds: its sender is told when this batch, and so every earlier one, is stored.</summary>
    public void AddRepeat(GatewaySession gateway, Confirmation confirmation)
    {
        Bytes += 100;
        _settlements.Add(new Settlement(gateway, null, null, confirmation, MqttReasonCode.Success));
    }

    /// <summary>Adds one who waits until this batch, and so every earlier one, is stored.</summary>
    public void AddFlush(Confirmation confirmation) => _settlements.Add(new Settlement(null, null, null, confirmation, MqttReasonCode.Success));

    /// <summary>Gives the batch its number: no more entries.</summary>
    public void Close(ulong id) => Id = id;

    /// <summary>Lays a closed batch out for the store, with its number in every row.</summary>
    public void Seal()
    {
        foreach (MonthRows month in _months.Values)
        {
            month.Seal(Id, retention.Names);
        }

        _minutes.AddTo(_hours);
        _minutes.WriteTo(Minutes, Id);
        _hours.WriteTo(Hours, Id);

        Rejects.Seal(Id);
        Births.Seal(Id);
    }

    public void Clear()
    {
        foreach (MonthRows month in _months.Values)
        {
            month.Clear();
            _spare.Push(month);
        }

        _months.Clear();
        _minutes.Clear();
        _hours.Clear();
        Minutes.Clear();
        Hours.Clear();
        Frames.Clear();
        Rejects.Clear();
        Births.Clear();
        _settlements.Clear();
        Id = 0;
        OpenedAt = OldestReceivedAtMs = Bytes = Rows = Partitions = 0;
    }

    // Almost always all kinds of a gateway's assets are kept alike and nothing was left half done: then a month's readings go in one piece.
    private void AddMonth(int month, GatewaySession gateway, PreparedBirth birth, FrameColumns frame, int start, int end, in FrameFacts facts)
    {
        if (birth.OneRule is { } only && !facts.Epoch.HasUnfinished)
        {
            AddRows(month, only, gateway, birth, frame, start, end - start, facts.ReceivedAtMs);
            return;
        }

        ReadOnlySpan<int> kinds = birth.KindOfPoint;
        while (start < end)
        {
            int kind = kinds[frame.Points[start]];
            int next = start + 1;
            while (next < end && kinds[frame.Points[next]] == kind)
            {
                next++;
            }

            if (!facts.Epoch.HasRowsOf(month, birth.KindNames[kind], facts.Seq))
            {
                AddRows(month, birth.RuleOfKind[kind], gateway, birth, frame, start, next - start, facts.ReceivedAtMs);
            }

            start = next;
        }
    }

    private void AddRows(int month, int rule, GatewaySession gateway, PreparedBirth birth, FrameColumns frame, int start, int count, long receivedAtMs)
    {
        if (!_months.TryGetValue(month, out MonthRows? rows))
        {
            _months.Add(month, rows = _spare.TryPop(out MonthRows? spare) ? spare : new MonthRows());
        }

        int partitions = rows.Readings.Count;
        long grown = rows.Append(rule, gateway, birth, frame, start, count, receivedAtMs);
        _minutes.Add(gateway, birth, frame, start, count);
        Bytes += grown + (count * (sizeof(ulong) + 1L)); // The columns of the batch's number and of the rule are filled in at the end.
        Rows += count;
        Partitions += rows.Readings.Count - partitions;
    }
}
