using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>The rows of one month of a batch: readings per rule of retention, each of which is one partition. Reused. Not thread-safe.</summary>
internal sealed class MonthRows
{
    private readonly SortedDictionary<int, ReadingsBlock> _readings = [];
    private readonly Stack<ReadingsBlock> _spare = [];

    /// <summary>Per rule of retention, as an index into its names.</summary>
    public IReadOnlyDictionary<int, ReadingsBlock> Readings => _readings;

    /// <summary>Appends readings of a frame that are of this month and of one rule.</summary>
    /// <returns>The bytes that they will take, nearly.</returns>
    public long Append(int rule, GatewaySession gateway, PreparedBirth birth, FrameColumns frame, int start, int count, long receivedAtMs)
    {
        if (!_readings.TryGetValue(rule, out ReadingsBlock? block))
        {
            _readings.Add(rule, block = _spare.TryPop(out ReadingsBlock? spare) ? spare : new ReadingsBlock());
        }

        return block.Append(gateway, birth, frame, start, count, receivedAtMs);
    }

    /// <summary>Lays the rows out, with the batch's number.</summary>
    public void Seal(ulong batch, IReadOnlyList<string> rules)
    {
        foreach ((int rule, ReadingsBlock block) in _readings)
        {
            block.Seal(batch, rules[rule]);
        }
    }

    public void Clear()
    {
        foreach (ReadingsBlock block in _readings.Values)
        {
            block.Clear();
            _spare.Push(block);
        }

        _readings.Clear();
    }
}
