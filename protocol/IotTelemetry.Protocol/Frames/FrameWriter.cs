using System.IO.Compression;

namespace IotTelemetry.Protocol;

/// <summary>Lays gathered readings out as the bytes of a frame (SPECIFICATION.md, section 5). Keeps its working memory; not thread-safe.</summary>
internal sealed class FrameWriter
{
    private const int BrotliQuality = 5;
    private const int BrotliWindowBits = 18;

    private readonly FrameLayout _layout;
    private readonly FrameCompression _compression;
    private readonly ColumnOrder _order = new();
    private readonly IntegerColumnWriter _integers = new();
    private readonly ValueColumnWriter _values;
    private readonly ByteWriter _frame = new();
    private readonly ByteWriter _body = new();
    private readonly ByteWriter _section = new();
    private byte[] _compressed = [];
    private long[] _first = [];
    private long[] _second = [];
    private long[] _third = [];

    public FrameWriter(FrameLayout layout, FrameCompression compression)
    {
        _layout = layout;
        _compression = compression;
        _values = new ValueColumnWriter(layout.ColumnOf.Length, _integers);
    }

    /// <summary>The whole frame, valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(in FrameHeader header, FrameReadings readings)
    {
        _body.Clear();
        if (readings.Count > 0)
        {
            Reserve(readings.Count);
            WriteTimes(readings.Times);
            WriteAliases(readings.Points);
            WriteQualities(readings);
            WriteTexts(readings);
            WriteValues(readings);
        }
        ReadOnlySpan<byte> body = _body.Written;
        bool isCompressed = FrameCompressionFeature.IsSupported && _compression == FrameCompression.WhenSmaller && TryCompress(ref body);
        WriteFrame(header, body, isCompressed);
        return _frame.Written;
    }

    private void WriteFrame(in FrameHeader header, ReadOnlySpan<byte> body, bool isCompressed)
    {
        _frame.Clear();
        _frame.Byte(FrameWire.Magic);
        _frame.Byte(FrameWire.FrameMagic);
        _frame.Byte(FrameWire.Major);
        _frame.Byte(FrameWire.Minor);
        _frame.UInt32(0);
        _frame.Byte(0);
        _frame.Byte(isCompressed ? FrameWire.Compressed : (byte)0);
        _frame.Byte((byte)header.Clock);
        _frame.UInt64BigEndian(header.BirthHash.Value);
        _frame.Varint(header.Epoch);
        _frame.Varint(header.Sequence);
        _frame.Varint((ulong)header.SealedAtMs);
        _frame.SignedVarint(header.SealedAtMs - header.BaseTimeMs);
        _frame.Varint((ulong)header.Readings);
        if (isCompressed)
        {
            _frame.Varint((ulong)_body.Length);
        }
        _frame.PatchByte(FrameWire.PrefixBytes, (byte)(_frame.Length - FrameWire.PrefixBytes - 1));
        _frame.Bytes(body);
        _frame.PatchUInt32(FrameWire.LengthPosition, (uint)(_frame.Length + FrameWire.ChecksumBytes));
        _frame.UInt32(Crc32C.Compute(_frame.Written));
    }

    private void EndSection(byte id)
    {
        _body.Byte(id);
        _body.Varint((ulong)_section.Length);
        _body.Bytes(_section.Written);
        _section.Clear();
    }

    /// <summary>Readings of one moment share an instant; the instants go by their differences, or by the differences of those.</summary>
    private void WriteTimes(ReadOnlySpan<long> times)
    {
        long[] steps = _first;
        long[] stepsOfSteps = _second;
        long[] repeats = _third;
        int instants = 1;
        long previous = times[0];
        long previousStep = 0;
        repeats[0] = -1;
        foreach (long time in times)
        {
            if (time != previous)
            {
                long step = time - previous;
                steps[instants - 1] = step;
                stepsOfSteps[instants - 1] = step - previousStep;
                repeats[instants++] = -1;
                (previous, previousStep) = (time, step);
            }
            repeats[instants - 1]++;
        }

        _section.Varint((ulong)instants);
        if (instants > 1)
        {
            WriteCheaper(1, steps.AsSpan(0, instants - 1), 2, stepsOfSteps.AsSpan(0, instants - 1));
        }
        if (instants < times.Length)
        {
            _integers.Write(_section, repeats.AsSpan(0, instants));
        }
        EndSection(FrameWire.Times);
    }

    /// <summary>Polled points come in turn, where the steps are nearly all one; events come in any order, where the aliases themselves are shorter.</summary>
    private void WriteAliases(ReadOnlySpan<int> points)
    {
        Span<long> aliases = _first.AsSpan(0, points.Length);
        Span<long> steps = _second.AsSpan(0, points.Length);
        int previous = 0;
        for (int i = 0; i < points.Length; i++)
        {
            int point = points[i];
            aliases[i] = point;
            steps[i] = point - previous;
            previous = point;
        }
        WriteCheaper(0, aliases, 1, steps);
        EndSection(FrameWire.Aliases);
    }

    private void WriteCheaper(byte order, ReadOnlySpan<long> values, byte otherOrder, ReadOnlySpan<long> otherValues)
    {
        ColumnPlan plan = ColumnPlan.For(values);
        ColumnPlan other = ColumnPlan.For(otherValues);
        bool isFirst = plan.Cost <= other.Cost;
        _section.Byte(isFirst ? order : otherOrder);
        _integers.Write(_section, isFirst ? values : otherValues, isFirst ? plan : other);
    }

    private void WriteQualities(FrameReadings readings)
    {
        if (readings.AllGood)
        {
            return;
        }
        Span<long> qualities = _first.AsSpan(0, readings.Count);
        ReadOnlySpan<Quality> source = readings.Qualities;
        for (int i = 0; i < source.Length; i++)
        {
            qualities[i] = (long)source[i];
        }
        _integers.Write(_section, qualities);
        EndSection(FrameWire.Qualities);
    }

    private void WriteTexts(FrameReadings readings)
    {
        if (readings.TextCount > 0)
        {
            _section.Varint((ulong)readings.TextCount);
            _section.Bytes(readings.Texts.Written);
            EndSection(FrameWire.Texts);
        }
    }

    private void WriteValues(FrameReadings readings)
    {
        _order.Sort(readings.Points, _layout);
        for (int column = 0; column < _order.Columns; column++)
        {
            ReadOnlySpan<int> positions = _order.PositionsOf(column);
            if (positions.IsEmpty)
            {
                continue;
            }
            _values.Write(_section, readings, _layout.Types[column], positions, _order.FirstsOf(column));
        }
        EndSection(FrameWire.Values);
    }

    private bool TryCompress(ref ReadOnlySpan<byte> body)
    {
        if (_compressed.Length < body.Length)
        {
            _compressed = new byte[Math.Max(body.Length, 2 * _compressed.Length)];
        }
        // Where it does not even fit into the body's own size less the length that it adds, it does not pay.
        int room = body.Length - 3;
        if (room <= 0 || !BrotliEncoder.TryCompress(body, _compressed.AsSpan(0, room), out int written, BrotliQuality, BrotliWindowBits))
        {
            return false;
        }
        if (body.Length > FrameLimits.FreeBodyBytes + (long)FrameLimits.BodyRatio * written)
        {
            return false;
        }
        body = _compressed.AsSpan(0, written);
        return true;
    }

    private void Reserve(int readings)
    {
        if (_first.Length < readings)
        {
            int capacity = Math.Max(readings, Math.Min(2 * _first.Length, FrameLimits.Readings));
            _first = new long[capacity];
            _second = new long[capacity];
            _third = new long[capacity];
        }
    }
}
