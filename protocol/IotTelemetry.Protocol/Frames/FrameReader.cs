using System.Text.Unicode;

namespace IotTelemetry.Protocol;

/// <summary>
/// Takes the body of a frame apart into columns (SPECIFICATION.md, section 5). Every count is checked before use. Keeps its working memory; not
/// thread-safe.
/// </summary>
internal sealed class FrameReader
{
    private readonly IntegerColumnReader _integers = new();
    private readonly ColumnOrder _order = new();
    private readonly ValueColumnReader _values;
    private long[] _first = [];
    private long[] _second = [];

    public FrameReader() => _values = new ValueColumnReader(_integers);

    public void Read(in FrameHeader header, ReadOnlySpan<byte> body, FrameLayout layout, FrameColumns columns)
    {
        Span<Range> sections = stackalloc Range[FrameWire.Values + 1];
        FindSections(body, sections);
        int count = header.Readings;
        if (count == 0)
        {
            return;
        }
        Reserve(count);

        ByteReader times = Required(body, sections, FrameWire.Times);
        ReadTimes(ref times, header.BaseTimeMs, columns.TimestampsToFill[..count]);
        RequireEnd(times, FrameWire.Times);

        ByteReader aliases = Required(body, sections, FrameWire.Aliases);
        ReadAliases(ref aliases, layout.ColumnOf.Length, columns.PointsToFill[..count]);
        RequireEnd(aliases, FrameWire.Aliases);

        ByteReader qualities = new(body[sections[FrameWire.Qualities]]);
        ReadQualities(ref qualities, columns.QualitiesToFill[..count]);
        RequireEnd(qualities, FrameWire.Qualities);

        ByteReader texts = new(body[sections[FrameWire.Texts]]);
        ReadTexts(ref texts, columns);
        RequireEnd(texts, FrameWire.Texts);

        ByteReader values = Required(body, sections, FrameWire.Values);
        _order.Sort(columns.PointsToFill[..count], layout);
        columns.TextsToFill[..count].Fill(-1);
        for (int column = 0; column < _order.Columns; column++)
        {
            ReadOnlySpan<int> positions = _order.PositionsOf(column);
            if (!positions.IsEmpty)
            {
                _values.Read(ref values, layout, column, positions, _order.FirstsOf(column), columns);
            }
        }
        RequireEnd(values, FrameWire.Values);
    }

    /// <summary>Sections come in rising order; those beyond the known ones are what a newer minor version added.</summary>
    private static void FindSections(ReadOnlySpan<byte> body, Span<Range> sections)
    {
        sections.Clear();
        ByteReader rest = new(body);
        int previous = 0;
        while (!rest.IsEmpty)
        {
            byte id = rest.Byte();
            if (id <= previous)
            {
                throw Malformed("The sections of the frame are not in rising order, each once.");
            }
            previous = id;
            int length = rest.Count(FrameLimits.BodyBytes, "bytes of a section");
            int start = body.Length - rest.Rest.Length;
            rest.Bytes(length);
            if (id < sections.Length)
            {
                sections[id] = start..(start + length);
            }
        }
    }

    private static ByteReader Required(ReadOnlySpan<byte> body, ReadOnlySpan<Range> sections, int id)
    {
        ReadOnlySpan<byte> section = body[sections[id]];
        return section.IsEmpty ? throw Malformed($"The frame has readings, but no section {id}.") : new ByteReader(section);
    }

    private static void RequireEnd(in ByteReader section, int id)
    {
        if (!section.IsEmpty)
        {
            throw Malformed($"Section {id} of the frame is longer than its content.");
        }
    }

    private void ReadTimes(ref ByteReader section, long baseTime, Span<long> times)
    {
        int instants = section.Count(times.Length, "instants");
        if (instants == 0)
        {
            throw Malformed("The frame has readings at no instant.");
        }
        Span<long> steps = _first.AsSpan(0, instants - 1);
        bool isSecondOrder = instants > 1 && ReadOrder(ref section, 1, 2) == 2;
        _integers.Read(ref section, steps);
        Span<long> repeats = _second.AsSpan(0, instants);
        if (instants == times.Length)
        {
            repeats.Clear();
        }
        else
        {
            _integers.Read(ref section, repeats);
        }

        long time = baseTime;
        long step = 0;
        int next = 0;
        for (int i = 0; i < instants; i++)
        {
            if (i > 0)
            {
                step = isSecondOrder ? step + steps[i - 1] : steps[i - 1];
                time += step;
            }
            if ((ulong)time > (ulong)FrameLimits.TimestampMs)
            {
                throw new FrameFormatException(RefusalReason.Invalid, $"A reading's time is {time}; 0 to {FrameLimits.TimestampMs} are allowed.");
            }
            // Repeats are written less one, as there is no instant without a reading.
            if ((ulong)repeats[i] >= (ulong)(times.Length - next))
            {
                throw Malformed("The instants have more readings than the frame.");
            }
            int end = next + (int)repeats[i] + 1;
            while (next < end)
            {
                times[next++] = time;
            }
        }
        if (next != times.Length)
        {
            throw Malformed("The instants have fewer readings than the frame.");
        }
    }

    private void ReadAliases(ref ByteReader section, int limit, Span<int> points)
    {
        Span<long> aliases = _first.AsSpan(0, points.Length);
        bool isSteps = ReadOrder(ref section, 0, 1) == 1;
        _integers.Read(ref section, aliases);
        long alias = 0;
        for (int i = 0; i < points.Length; i++)
        {
            alias = isSteps ? alias + aliases[i] : aliases[i];
            if ((ulong)alias >= (ulong)limit)
            {
                throw new FrameFormatException(RefusalReason.Invalid, $"A reading has the alias {alias}; the birth has 0 to {limit - 1}.");
            }
            points[i] = (int)alias;
        }
    }

    private void ReadQualities(ref ByteReader section, Span<Quality> qualities)
    {
        if (section.IsEmpty)
        {
            qualities.Clear();
            return;
        }
        Span<long> numbers = _first.AsSpan(0, qualities.Length);
        _integers.Read(ref section, numbers);
        for (int i = 0; i < numbers.Length; i++)
        {
            if ((ulong)numbers[i] > (ulong)Quality.OutOfRange)
            {
                throw new FrameFormatException(RefusalReason.Invalid, $"A reading has the quality {numbers[i]}, which is none.");
            }
            qualities[i] = (Quality)numbers[i];
        }
    }

    private static void ReadTexts(ref ByteReader section, FrameColumns columns)
    {
        int count = section.IsEmpty ? 0 : section.Count(FrameLimits.Texts, "texts");
        int bytes = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> text = section.Bytes(section.Count(FrameLimits.TextBytes, "bytes of a text"));
            bytes += text.Length;
            if (bytes > FrameLimits.DictionaryBytes)
            {
                throw new FrameFormatException(RefusalReason.Limit, $"The texts of the frame have more than {FrameLimits.DictionaryBytes} bytes.");
            }
            if (!Utf8.IsValid(text))
            {
                throw Malformed("A text of the frame is not UTF-8.");
            }
            columns.AddText(text);
        }
    }

    private static byte ReadOrder(ref ByteReader section, byte first, byte second)
    {
        byte order = section.Byte();
        return order == first || order == second ? order : throw Malformed($"A column has differences of order {order}; {first} or {second} are known here.");
    }

    private void Reserve(int count)
    {
        if (_first.Length < count)
        {
            int capacity = Math.Max(count, Math.Min(2 * _first.Length, FrameLimits.Readings));
            _first = new long[capacity];
            _second = new long[capacity];
        }
    }

    private static FrameFormatException Malformed(string message) => new(RefusalReason.Malformed, message);
}
