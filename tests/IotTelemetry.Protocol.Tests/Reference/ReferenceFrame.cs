using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace IotTelemetry.Protocol.Tests;

/// <summary>
/// A second reader of frames, written from SPECIFICATION.md bit by bit without any of the library's code, and explaining each byte as it goes. Slow,
/// trusting, and so easy to compare with the specification.
/// </summary>
internal sealed class ReferenceFrame
{
    private static readonly string[] ClockNames = ["unknown", "synchronised", "holdover", "unsynchronised"];

    private readonly StringBuilder _dump = new();
    private readonly Birth _birth;
    private byte[] _bytes;
    private int _at;

    private ReferenceFrame(byte[] bytes, Birth birth) => (_bytes, _birth) = (bytes, birth);

    public byte Minor { get; private set; }

    public ulong Epoch { get; private set; }

    public ulong Sequence { get; private set; }

    public long SealedAtMs { get; private set; }

    public string Clock { get; private set; } = "";

    public List<Reading> Readings { get; } = [];

    /// <summary>The bytes as hexadecimal lines, each with what it says behind a #.</summary>
    public string Dump => _dump.ToString();

    public static ReferenceFrame Read(byte[] frame, Birth birth)
    {
        ReferenceFrame reference = new(frame, birth);
        reference.Read();
        return reference;
    }

    private void Read()
    {
        Take(2, "magic 'IT'");
        Minor = _bytes[_at + 1];
        Take(2, $"version {_bytes[_at]}.{Minor}");
        Take(4, $"length of the frame: {BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_at))} bytes");
        int headerEnd = _bytes[_at] + _at + 1;
        Take(1, $"length of the header: {_bytes[_at]} bytes follow");
        bool isCompressed = (_bytes[_at] & 1) == 1;
        Take(1, isCompressed ? "flags: body compressed with Brotli" : "flags: none known");
        Clock = ClockNames[_bytes[_at]];
        Take(1, $"clock {Clock}");
        Take(8, $"birth hash {Convert.ToHexStringLower(_bytes.AsSpan(_at, 8))}");
        Epoch = Varint(v => $"epoch {v}");
        Sequence = Varint(v => $"seq {v}");
        SealedAtMs = (long)Varint(v => $"sealed at {v}, which is {DateTimeOffset.FromUnixTimeMilliseconds((long)v):O}");
        long baseTime = SealedAtMs - Signed(v => $"base time {v} ms before that: {SealedAtMs - v}");
        int count = (int)Varint(v => $"{v} readings");
        int bodyBytes = isCompressed ? (int)Varint(v => $"{v} bytes of body once decompressed") : 0;
        if (_at < headerEnd)
        {
            Take(headerEnd - _at, "header fields of a newer minor version: skipped");
        }
        byte[] checksum = _bytes[^4..];
        if (isCompressed)
        {
            Decompress(bodyBytes);
        }
        else
        {
            _bytes = _bytes[..^4];
        }
        Sections(count, baseTime);
        _bytes = checksum;
        _at = 0;
        Take(4, "CRC-32C of all bytes before");
    }

    private void Decompress(int bodyBytes)
    {
        byte[] compressed = _bytes[_at..^4];
        Take(compressed.Length, "the body, compressed");
        using BrotliStream stream = new(new MemoryStream(compressed), CompressionMode.Decompress);
        byte[] body = new byte[bodyBytes];
        stream.ReadExactly(body);
        Assert.Equal(-1, stream.ReadByte());
        _dump.AppendLine("# the body, decompressed:");
        (_bytes, _at) = (body, 0);
    }

    private void Sections(int count, long baseTime)
    {
        long[] times = [];
        int[] aliases = [];
        long[] qualities = new long[count];
        string[] texts = [];
        while (_at < _bytes.Length)
        {
            byte id = _bytes[_at];
            string name = id switch { 1 => "times", 2 => "aliases", 3 => "qualities", 4 => "texts", 5 => "values", _ => "of a newer minor version: skipped" };
            Take(1, $"section {id}: {name}");
            int length = (int)Varint(v => $"length of the section: {v} bytes");
            int end = _at + length;
            switch (id)
            {
                case 1: times = Times(count, baseTime); break;
                case 2: aliases = Aliases(count); break;
                case 3: qualities = Column(count, "qualities"); break;
                case 4: texts = Texts(); break;
                case 5: Values(times, aliases, qualities, texts); break;
                default: Take(length, "skipped"); break;
            }
            Assert.Equal(end, _at);
        }
    }

    private long[] Times(int count, long baseTime)
    {
        int instants = (int)Varint(v => $"{v} instants");
        List<long> times = [baseTime];
        if (instants > 1)
        {
            byte order = _bytes[_at];
            Take(1, order == 1 ? "differences" : "differences of differences");
            long step = 0;
            foreach (long value in Column(instants - 1, "steps"))
            {
                step = order == 1 ? value : step + value;
                times.Add(times[^1] + step);
            }
        }
        long[] repeats = instants < count ? Column(instants, "readings of each instant, less 1") : new long[instants];
        return [.. times.SelectMany((time, i) => Enumerable.Repeat(time, (int)repeats[i] + 1))];
    }

    private int[] Aliases(int count)
    {
        byte order = _bytes[_at];
        Take(1, order == 0 ? "the aliases themselves" : "differences");
        long[] values = Column(count, "aliases");
        long alias = 0;
        return [.. values.Select(value => (int)(alias = order == 0 ? value : alias + value))];
    }

    private string[] Texts()
    {
        string[] texts = new string[Varint(v => $"{v} texts")];
        for (int i = 0; i < texts.Length; i++)
        {
            int length = (int)Varint(v => $"{v} bytes");
            texts[i] = Encoding.UTF8.GetString(_bytes, _at, length);
            Take(length, $"text {i}: \"{(length > 40 ? texts[i][..20] + "…" : texts[i])}\"");
        }
        return texts;
    }

    private void Values(long[] times, int[] aliases, long[] qualities, string[] texts)
    {
        Reading[] readings = new Reading[aliases.Length];
        for (int d = 0; d < _birth.Definitions.Count; d++)
        {
            PointDefinition definition = _birth.Definitions[d];
            int[] at = [.. Enumerable.Range(0, aliases.Length).Where(i => _birth.Points[aliases[i]].DefinitionIndex == d)];
            if (at.Length == 0)
            {
                continue;
            }
            _dump.AppendLine(CultureInfo.InvariantCulture, $"# column '{definition.Id}': {at.Length} readings");
            object[] values = definition.Type switch
            {
                PointType.Boolean => Booleans(at.Length),
                PointType.Float => Floats(at, aliases),
                PointType.Text => [.. Column(at.Length, "texts").Select(i => (object)texts[i])],
                _ => [.. Integers(at, aliases).Select(i => (object)(i / Math.Pow(10, definition.Scale)))],
            };
            for (int i = 0; i < at.Length; i++)
            {
                readings[at[i]] = new Reading(aliases[at[i]], times[at[i]], values[i] is double number ? number : 0, values[i] as string,
                    (Quality)qualities[at[i]]);
            }
        }
        Readings.AddRange(readings);
    }

    private object[] Booleans(int count)
    {
        int position = 0;
        object[] values = [.. Enumerable.Range(0, count).Select(_ => (object)(double)Bit(ref position))];
        TakeBits(position, "bits: " + string.Join(' ', values));
        return values;
    }

    private List<long> Integers(int[] at, int[] aliases)
    {
        Dictionary<int, long> last = [];
        int firstCount = at.Select(i => aliases[i]).Distinct().Count();
        Queue<long> firsts = new(Column(firstCount, "first value of each point"));
        Queue<long> differences = new(Column(at.Length - firstCount, "differences to the point's value before"));
        List<long> values = [];
        foreach (int alias in at.Select(i => aliases[i]))
        {
            values.Add(last[alias] = last.TryGetValue(alias, out long before) ? before + differences.Dequeue() : firsts.Dequeue());
        }
        return values;
    }

    private object[] Floats(int[] at, int[] aliases)
    {
        Dictionary<int, ulong> last = [];
        List<object> values = [];
        ulong previous = 0;
        int leading = 0;
        int length = 0;
        int position = 0;
        foreach (int alias in at.Select(i => aliases[i]))
        {
            ulong difference = 0;
            if (Bit(ref position) == 1)
            {
                if (Bit(ref position) == 1)
                {
                    leading = (int)Bits(ref position, 6);
                    length = (int)Bits(ref position, 6) + 1;
                }
                difference = Bits(ref position, length) << (64 - leading - length);
            }
            previous = last[alias] = difference ^ (last.TryGetValue(alias, out ulong before) ? before : previous);
            values.Add(BitConverter.UInt64BitsToDouble(previous));
        }
        TakeBits(position, "floats: " + string.Join(", ", values.Select(v => ((double)v).ToString("R", CultureInfo.InvariantCulture))));
        return [.. values];
    }

    private long[] Column(int count, string what)
    {
        if (count == 0)
        {
            return [];
        }
        byte first = _bytes[_at];
        int kind = first >> 6;
        int parameter = first & 63;
        if (first == 2)
        {
            Take(1, $"{what}: multiples");
            long step = (long)Varint(v => $"of {v}");
            return [.. Column(count, what).Select(value => value * step)];
        }
        if (first == 1)
        {
            Take(1, $"{what}: runs");
            int runs = (int)Varint(v => $"{v} runs");
            long[] values = Column(runs, "values of the runs");
            long[] lengths = Column(runs, "lengths of the runs, less 1");
            return [.. values.SelectMany((value, i) => Enumerable.Repeat(value, (int)lengths[i] + 1))];
        }
        Take(1, $"{what}: " + kind switch
        {
            0 => "all the same",
            1 => $"zig-zag, Rice {parameter}",
            2 => $"{parameter + 1} bits each above a minimum",
            _ => $"Rice {parameter} above a minimum",
        });
        long minimum = kind == 1 ? 0 : Signed(v => kind == 0 ? $"{v}" : $"minimum {v}");
        long[] column = new long[count];
        int position = 0;
        for (int i = 0; i < count; i++)
        {
            column[i] = kind switch
            {
                0 => minimum,
                1 => UnZigZag(Rice(ref position, parameter)),
                2 => minimum + (long)Bits(ref position, parameter + 1),
                _ => minimum + (long)Rice(ref position, parameter),
            };
        }
        if (kind != 0)
        {
            TakeBits(position, string.Join(", ", column));
        }
        return column;
    }

    private ulong Rice(ref int position, int rice)
    {
        int ones = 0;
        while (ones < 16 && Bit(ref position) == 1)
        {
            ones++;
        }
        return ones == 16 ? Bits(ref position, 64) : ((ulong)ones << rice) | Bits(ref position, rice);
    }

    private ulong Bits(ref int position, int count)
    {
        ulong value = 0;
        for (int i = 0; i < count; i++)
        {
            value |= (ulong)Bit(ref position) << i;
        }
        return value;
    }

    private int Bit(ref int position)
    {
        int bit = (_bytes[_at + position / 8] >> (position % 8)) & 1;
        position++;
        return bit;
    }

    private static long UnZigZag(ulong value) => (value & 1) == 0 ? (long)(value / 2) : -(long)(value / 2) - 1;

    private long Signed(Func<long, string> comment)
    {
        long result = 0;
        Varint(value => comment(result = UnZigZag(value)));
        return result;
    }

    private ulong Varint(Func<ulong, string> comment)
    {
        ulong value = 0;
        int length = 0;
        do
        {
            value |= (ulong)(_bytes[_at + length] & 0x7F) << (7 * length);
        }
        while (_bytes[_at + length++] >= 0x80);
        Take(length, comment(value));
        return value;
    }

    private void TakeBits(int bits, string comment) => Take((bits + 7) / 8, comment);

    private void Take(int count, string comment)
    {
        const int PerLine = 24;
        string note = comment.Length > 150 ? comment[..149] + "…" : comment;
        if (count == 0)
        {
            _dump.AppendLine($"# {note}");
        }
        for (int i = 0; i < count; i += PerLine)
        {
            string hex = string.Join(' ', _bytes.Skip(_at + i).Take(Math.Min(PerLine, count - i)).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
            _dump.AppendLine(i == 0 ? $"{hex,-36} # {note}" : hex);
        }
        _at += count;
    }
}
