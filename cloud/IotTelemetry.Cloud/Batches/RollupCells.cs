using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>
/// Aggregates the readings of a batch per gateway, kind of asset, point and time slot while they are added: an addition per reading, where a materialized view would read the block
/// again in the engine (figures: it halves the insert rate). Not thread-safe.
/// </summary>
internal sealed class RollupCells(long slotMs)
{
    // A gateway's birth and a slot have one cell for each series of the birth, in a row.
    private readonly Dictionary<(GatewaySession Gateway, PreparedBirth Birth, long Slot), int> _firsts = [];
    private RollupCell[] _cells = [];
    private int _used;

    /// <summary>Adds the readings <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> of a frame.</summary>
    public void Add(GatewaySession gateway, PreparedBirth birth, FrameColumns frame, int start, int count)
    {
        ReadOnlySpan<int> points = frame.Points.Slice(start, count);
        ReadOnlySpan<long> timestamps = frame.TimestampsMs.Slice(start, count);
        ReadOnlySpan<double> numbers = frame.Numbers.Slice(start, count);
        ReadOnlySpan<int> texts = frame.Texts.Slice(start, count);
        ReadOnlySpan<Quality> qualities = frame.Qualities.Slice(start, count);
        ReadOnlySpan<int> series = birth.SeriesOfPoint;
        long slotStart = 0;
        long slotEnd = 0;
        int first = 0;
        for (int i = 0; i < points.Length; i++)
        {
            long timestamp = timestamps[i];
            if (timestamp < slotStart || timestamp >= slotEnd)
            {
                long slot = timestamp / slotMs;
                (slotStart, slotEnd) = (slot * slotMs, (slot + 1) * slotMs);
                first = First(gateway, birth, slot);
            }

            ref RollupCell cell = ref _cells[first + series[points[i]]];
            cell.Readings++;
            if (qualities[i] < Quality.BadSensor && double.IsFinite(numbers[i]) && (texts[i] < 0 || frame.TextUtf8(texts[i]).IsEmpty))
            {
                cell.Add(numbers[i]);
            }
        }
    }

    /// <summary>Adds these cells to those of wider slots.</summary>
    public void AddTo(RollupCells wider)
    {
        foreach (((GatewaySession gateway, PreparedBirth birth, long slot), int first) in _firsts)
        {
            int target = wider.First(gateway, birth, slot * slotMs / wider.SlotMs);
            for (int i = 0; i < birth.Series.Count; i++)
            {
                wider._cells[target + i].Add(_cells[first + i]);
            }
        }
    }

    /// <summary>Writes the cells that have readings.</summary>
    public void WriteTo(RollupBlock block, ulong batch)
    {
        foreach (((GatewaySession gateway, PreparedBirth birth, long slot), int first) in _firsts)
        {
            for (int i = 0; i < birth.Series.Count; i++)
            {
                if (_cells[first + i] is { Readings: > 0 } cell)
                {
                    (int kind, int name) = birth.Series[i];
                    block.Append(gateway, birth.Kinds[kind], birth.Names[name], (uint)(slot * slotMs / 1000), cell, batch);
                }
            }
        }
    }

    public void Clear()
    {
        _firsts.Clear();
        _used = 0;
    }

    private long SlotMs => slotMs;

    private int First(GatewaySession gateway, PreparedBirth birth, long slot)
    {
        if (!_firsts.TryGetValue((gateway, birth, slot), out int first))
        {
            first = _used;
            _used += birth.Series.Count;
            if (_used > _cells.Length)
            {
                Array.Resize(ref _cells, Math.Max(_used, 2 * _cells.Length));
            }

            _cells.AsSpan(first, birth.Series.Count).Fill(RollupCell.Empty);
            _firsts.Add((gateway, birth, slot), first);
        }

        return first;
    }
}
