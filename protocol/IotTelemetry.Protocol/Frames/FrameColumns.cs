using System.Text;

namespace IotTelemetry.Protocol;

/// <summary>
/// The readings of a decoded frame as parallel columns, in the order they were added at the gateway. Reused from frame to frame: the spans are valid until
/// the next decode. Not thread-safe.
/// </summary>
public sealed class FrameColumns
{
    private int[] _points = [];
    private long[] _timestamps = [];
    private double[] _numbers = [];
    private int[] _texts = [];
    private Quality[] _qualities = [];
    private int[] _dictionaryEnds = [];
    private byte[] _dictionary = [];
    private string?[] _dictionaryStrings = [];

    /// <summary>The header of the frame.</summary>
    public FrameHeader Header { get; internal set; }

    /// <summary>How many readings there are.</summary>
    public int Count { get; internal set; }

    /// <summary>The points, as indices into <see cref="Birth.Points"/>.</summary>
    public ReadOnlySpan<int> Points => _points.AsSpan(0, Count);

    /// <summary>The times of the readings, in Unix milliseconds.</summary>
    public ReadOnlySpan<long> TimestampsMs => _timestamps.AsSpan(0, Count);

    /// <summary>The values as numbers: 0 or 1 for booleans, decimals unscaled; 0 for texts.</summary>
    public ReadOnlySpan<double> Numbers => _numbers.AsSpan(0, Count);

    /// <summary>For texts the index into the frame's dictionary, for all others -1.</summary>
    public ReadOnlySpan<int> Texts => _texts.AsSpan(0, Count);

    /// <summary>The qualities.</summary>
    public ReadOnlySpan<Quality> Qualities => _qualities.AsSpan(0, Count);

    /// <summary>How many different texts the frame has.</summary>
    public int DictionaryCount { get; internal set; }

    /// <summary>The UTF-8 bytes of a text.</summary>
    /// <param name="index">0 to <see cref="DictionaryCount"/> - 1.</param>
    public ReadOnlySpan<byte> TextUtf8(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)DictionaryCount, nameof(index));
        int start = index == 0 ? 0 : _dictionaryEnds[index - 1];
        return _dictionary.AsSpan(start, _dictionaryEnds[index] - start);
    }

    /// <summary>A text as a string, made once per frame and text.</summary>
    /// <param name="index">0 to <see cref="DictionaryCount"/> - 1.</param>
    public string Text(int index)
    {
        ReadOnlySpan<byte> utf8 = TextUtf8(index);
        return _dictionaryStrings[index] ??= Encoding.UTF8.GetString(utf8);
    }

    internal Span<int> PointsToFill => _points;

    internal Span<long> TimestampsToFill => _timestamps;

    internal Span<double> NumbersToFill => _numbers;

    internal Span<int> TextsToFill => _texts;

    internal Span<Quality> QualitiesToFill => _qualities;

    /// <summary>Makes room for a frame's readings, which the limits allow.</summary>
    internal void Reserve(int readings)
    {
        Count = 0;
        DictionaryCount = 0;
        if (_points.Length < readings)
        {
            int capacity = Math.Max(readings, Math.Min(2 * _points.Length, FrameLimits.Readings));
            _points = new int[capacity];
            _timestamps = new long[capacity];
            _numbers = new double[capacity];
            _texts = new int[capacity];
            _qualities = new Quality[capacity];
        }
    }

    /// <summary>Takes over the frame's texts.</summary>
    internal void AddText(ReadOnlySpan<byte> utf8)
    {
        int start = DictionaryCount == 0 ? 0 : _dictionaryEnds[DictionaryCount - 1];
        if (_dictionaryEnds.Length == DictionaryCount)
        {
            Array.Resize(ref _dictionaryEnds, Math.Max(16, 2 * DictionaryCount));
            Array.Resize(ref _dictionaryStrings, _dictionaryEnds.Length);
        }
        if (_dictionary.Length < start + utf8.Length)
        {
            Array.Resize(ref _dictionary, Math.Max(start + utf8.Length, 2 * _dictionary.Length));
        }
        utf8.CopyTo(_dictionary.AsSpan(start));
        _dictionaryEnds[DictionaryCount] = start + utf8.Length;
        _dictionaryStrings[DictionaryCount++] = null;
    }
}
