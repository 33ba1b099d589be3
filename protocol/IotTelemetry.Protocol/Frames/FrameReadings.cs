namespace IotTelemetry.Protocol;

/// <summary>The readings of a frame that is being gathered, as columns in order of arrival.</summary>
internal sealed class FrameReadings
{
    private int[] _points = new int[64];
    private long[] _times = new long[64];
    private long[] _values = new long[64];
    private Quality[] _qualities = new Quality[64];

    public int Count { get; private set; }

    /// <summary>Whether every quality is good, which then takes no bytes.</summary>
    public bool AllGood { get; private set; } = true;

    public int TextCount { get; private set; }

    /// <summary>The texts as the frame has them: each with its length before it.</summary>
    public ByteWriter Texts { get; } = new();

    public ReadOnlySpan<int> Points => _points.AsSpan(0, Count);

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>Booleans as 0 and 1, integers, decimals in units of their last digit, floats by their bits, texts by their index.</summary>
    public ReadOnlySpan<long> Values => _values.AsSpan(0, Count);

    public ReadOnlySpan<Quality> Qualities => _qualities.AsSpan(0, Count);

    public void Add(int point, long time, long value, Quality quality)
    {
        int index = Count;
        if (index == _points.Length)
        {
            Grow();
        }
        _points[index] = point;
        _times[index] = time;
        _values[index] = value;
        _qualities[index] = quality;
        AllGood &= quality == Quality.Good;
        Count = index + 1;
    }

    public int AddText(ReadOnlySpan<byte> utf8)
    {
        Texts.Varint((ulong)utf8.Length);
        Texts.Bytes(utf8);
        return TextCount++;
    }

    public void Clear()
    {
        Count = 0;
        AllGood = true;
        TextCount = 0;
        Texts.Clear();
    }

    private void Grow()
    {
        int capacity = 2 * _points.Length;
        Array.Resize(ref _points, capacity);
        Array.Resize(ref _times, capacity);
        Array.Resize(ref _values, capacity);
        Array.Resize(ref _qualities, capacity);
    }
}
