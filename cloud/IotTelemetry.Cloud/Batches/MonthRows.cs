using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>The rows of one month of a batch: readings per rule of retention, each of which is one partition, and their aggregates. Reused. Not thread-safe.</summary>
internal sealed class MonthRows
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 3_600_000;
    private readonly SortedDictionary<int, ReadingsBlock> _readings = [];
    private readonly Stack<ReadingsBlock> _spare = [];
    private readonly RollupCells _minuteCells = new(MinuteMs);
    private readonly RollupCells _hourCells = new(HourMs);

    /// <summary>Per rule of retention, as an index into its names.</summary>
    public IReadOnlyDictionary<int, ReadingsBlock> Readings => _readings;

    /// <summary>Filled by <see cref="Seal"/>.</summary>
    public RollupBlock Minutes { get; } = new("minute");

    /// <summary>Filled by <see cref="Seal"/>.</summary>
    public RollupBlock Hours { get; } = new("hour");

    /// <summary>Appends readings of a frame that are of this month and of one rule.</summary>
    /// <returns>The bytes by which the encoded columns grew.</returns>
    public long Append(int rule, GatewaySession gateway, PreparedBirth birth, FrameColumns frame, int start, int count, long receivedAtMs)
    {
        if (!_readings.TryGetValue(rule, out ReadingsBlock? block))
        {
            _readings.Add(rule, block = _spare.TryPop(out ReadingsBlock? spare) ? spare : new ReadingsBlock());
        }

        long before = block.Native.EncodedBytes;
        block.Append(gateway, birth, frame, start, count, receivedAtMs);
        _minuteCells.Add(gateway, birth, frame, start, count);
        return block.Native.EncodedBytes - before;
    }

    /// <summary>Completes the rows with the batch's number.</summary>
    public void Seal(ulong batch, IReadOnlyList<string> rules)
    {
        foreach ((int rule, ReadingsBlock block) in _readings)
        {
            block.Seal(batch, rules[rule]);
        }

        _minuteCells.AddTo(_hourCells);
        _minuteCells.WriteTo(Minutes, batch);
        _hourCells.WriteTo(Hours, batch);
    }

    public void Clear()
    {
        foreach (ReadingsBlock block in _readings.Values)
        {
            block.Clear();
            _spare.Push(block);
        }

        _readings.Clear();
        _minuteCells.Clear();
        _hourCells.Clear();
        Minutes.Clear();
        Hours.Clear();
    }
}
