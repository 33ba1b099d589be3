using System.Buffers;
using System.Runtime.CompilerServices;

namespace IotTelemetry.Protocol;

/// <summary>
/// Gathers readings and encodes them as a frame. Keeps its working memory from frame to frame and allocates nothing once it has grown (without Brotli).
/// Not thread-safe.
/// Points are given by alias, which is their index in <see cref="Birth.Points"/>.
/// </summary>
public sealed class FrameEncoder
{
    private readonly FrameLayout _layout;
    private readonly FrameWriter _writer;
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private FrameReadings _readings = new();

    /// <summary>An encoder for readings of the points of <paramref name="birth"/>.</summary>
    /// <exception cref="NotSupportedException">Compression is asked for in a program that was built without.</exception>
    public FrameEncoder(Birth birth, FrameCompression compression = FrameCompression.None)
    {
        ArgumentNullException.ThrowIfNull(birth);
        if (compression != FrameCompression.None && !FrameCompressionFeature.IsSupported)
        {
            throw new NotSupportedException($"This program was built without compression of frames ({FrameCompressionFeature.Switch}).");
        }
        Birth = birth;
        Compression = compression;
        _layout = birth.Layout;
        _writer = new FrameWriter(_layout, compression);
    }

    /// <summary>The birth whose points are encoded.</summary>
    public Birth Birth { get; }

    /// <summary>Whether Brotli is tried.</summary>
    public FrameCompression Compression { get; }

    /// <summary>How many readings are gathered.</summary>
    public int Count => _readings.Count;

    /// <summary>Whether another reading may not fit: the frame has to be completed first.</summary>
    public bool IsFull =>
        _readings.Count >= FrameLimits.Readings || _readings.TextCount >= FrameLimits.Texts
            || _readings.Texts.Length > FrameLimits.DictionaryBytes - FrameLimits.TextBytes;

    /// <summary>The time of the first reading gathered, in Unix milliseconds; 0 when there is none.</summary>
    public long FirstTimestampMs => _readings.Count == 0 ? 0 : _readings.Times[0];

    /// <summary>
    /// Adds a reading of a point that is not text. A boolean is true when not 0. A value that the point's type cannot hold (NaN or infinite for all but
    /// floats, or beyond ±2^53 units of the last digit)
    /// is recorded as 0 with <see cref="Quality.BadSensor"/>; a decimal is rounded half to even at its last digit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point or quality, or the time is outside 0 to <see
    /// cref="FrameLimits.TimestampMs"/>.</exception>
    /// <exception cref="ArgumentException">The point is a text.</exception>
    /// <exception cref="InvalidOperationException">The frame is full.</exception>
    public void Add(int point, long timestampMs, double value, Quality quality = Quality.Good)
    {
        int column = CheckedColumn(point, timestampMs, quality);
        long raw;
        switch (_layout.Types[column])
        {
            case PointType.Boolean:
                raw = value != 0 ? 1 : 0;
                if (double.IsNaN(value))
                {
                    (raw, quality) = (0, Quality.BadSensor);
                }
                break;
            case PointType.Float:
                raw = BitConverter.DoubleToInt64Bits(value);
                break;
            case PointType.Text:
                throw new ArgumentException($"Point {point} is a text; AddText takes it.", nameof(point));
            default:
                double rounded = Math.Round(value * _layout.Powers[column]);
                raw = (long)rounded;
                if (!(Math.Abs(rounded) <= FrameLimits.Magnitude))
                {
                    (raw, quality) = (0, Quality.BadSensor);
                }
                break;
        }
        _readings.Add(point, timestampMs, raw, quality);
    }

    /// <summary>Adds a reading of a text point.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such point or quality, or the time is out of bounds.</exception>
    /// <exception cref="ArgumentException">The point is not a text, or the text is longer than <see cref="FrameLimits.TextBytes"/> as UTF-8 or not
    /// Unicode.</exception>
    /// <exception cref="InvalidOperationException">The frame is full.</exception>
    public void AddText(int point, long timestampMs, string text, Quality quality = Quality.Good)
    {
        ArgumentNullException.ThrowIfNull(text);
        int column = CheckedColumn(point, timestampMs, quality);
        if (_layout.Types[column] != PointType.Text)
        {
            throw new ArgumentException($"Point {point} is no text; Add takes it.", nameof(point));
        }
        if (!_texts.TryGetValue(text, out int index))
        {
            index = AddToDictionary(text);
        }
        _readings.Add(point, timestampMs, index, quality);
    }

    /// <summary>Drops what is gathered.</summary>
    public void Clear()
    {
        _readings.Clear();
        _texts.Clear();
    }

    /// <summary>Writes the frame and begins the next.</summary>
    /// <param name="epoch">The outbox epoch, at most 2^53 - 1.</param>
    /// <param name="sequence">The sequence number within the epoch, 1 to 2^53 - 1.</param>
    /// <param name="sealedAtMs">Now, by the gateway's clock, in Unix milliseconds.</param>
    /// <param name="clock">What is known of that clock.</param>
    /// <param name="output">Where the frame goes.</param>
    /// <returns>The size of the frame, in bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The epoch, sequence number or time is out of bounds; what is gathered stays.</exception>
    public int Complete(ulong epoch, ulong sequence, long sealedAtMs, ClockQuality clock, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, FrameLimits.Sequence);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, FrameLimits.FirstSequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, FrameLimits.Sequence);
        ArgumentOutOfRangeException.ThrowIfNegative(sealedAtMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sealedAtMs, FrameLimits.TimestampMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)clock, (byte)ClockQuality.Unsynchronised, nameof(clock));
        FrameHeader header = new()
        {
            Epoch = epoch,
            Sequence = sequence,
            BirthHash = Birth.Hash,
            SealedAtMs = sealedAtMs,
            BaseTimeMs = Count == 0 ? sealedAtMs : FirstTimestampMs,
            Clock = clock,
            Readings = Count,
        };
        ReadOnlySpan<byte> frame = _writer.Write(header, _readings);
        output.Write(frame);
        Clear();
        return frame.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CheckedColumn(int point, long timestampMs, Quality quality)
    {
        int[] columns = _layout.ColumnOf;
        if ((uint)point >= (uint)columns.Length || (ulong)timestampMs > (ulong)FrameLimits.TimestampMs || quality > Quality.OutOfRange || IsFull)
        {
            ThrowFor(point, timestampMs, quality);
        }
        return columns[point];
    }

    private void ThrowFor(int point, long timestampMs, Quality quality)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)point, (uint)_layout.ColumnOf.Length, nameof(point));
        ArgumentOutOfRangeException.ThrowIfNegative(timestampMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timestampMs, FrameLimits.TimestampMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)quality, (byte)Quality.OutOfRange, nameof(quality));
        throw new InvalidOperationException("The frame is full; complete it first (IsFull tells).");
    }

    private int AddToDictionary(string text)
    {
        Span<byte> utf8 = stackalloc byte[FrameLimits.TextBytes];
        int length;
        try
        {
            length = StrictUtf8.Encoding.GetBytes(text, utf8);
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"A text is Unicode and has at most {FrameLimits.TextBytes} bytes as UTF-8.", nameof(text), exception);
        }
        int index = _readings.AddText(utf8[..length]);
        _texts.Add(text, index);
        return index;
    }
}
