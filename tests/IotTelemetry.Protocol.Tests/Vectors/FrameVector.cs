using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IotTelemetry.Protocol.Tests;

/// <summary>A golden frame: <c>name.hex</c> with every byte explained, and <c>name.json</c> with what it says.</summary>
/// <param name="Name">The name of the files.</param>
/// <param name="What">What it shows.</param>
/// <param name="Readings">The readings.</param>
/// <param name="Compression">Whether Brotli is tried.</param>
/// <param name="Change">What a newer writer would have done to the frame; null for nothing.</param>
internal sealed record FrameVector(string Name, string What, IReadOnlyList<Reading> Readings, FrameCompression Compression = FrameCompression.None,
    Func<byte[], byte[]>? Change = null)
{
    public const ulong Epoch = 7;

    public const ulong Sequence = 1201;

    private static readonly int[] Polled = [1, 2, 6, 7];

    private static readonly (int Alias, int AfterMs, int Value)[] Events =
        [(0, 0, 1), (5, 8113, 1), (0, 21_907, 0), (5, 30_002, 0), (5, 30_502, 1), (0, 44_119, 1), (5, 59_300, 0), (0, 61_020, 0), (0, 75_444, 1)];

    public static IReadOnlyList<FrameVector> All { get; } =
    [
        new("empty", "A frame without readings: a header, no body.", []),
        new("mixed", "Every type and every quality.",
        [
            new Reading(0, Samples.Noon, 1),
            new Reading(1, Samples.Noon, 42),
            new Reading(2, Samples.Noon + 250, 230.15, null, Quality.Stale),
            new Reading(3, Samples.Noon + 250, 21.5),
            new Reading(4, Samples.Noon + 900, 0, "closed", Quality.UncertainClock),
            new Reading(5, Samples.Noon + 1000, 0, null, Quality.BadSensor),
            new Reading(7, Samples.Noon + 1250, 262.3, null, Quality.OutOfRange),
            new Reading(3, Samples.Noon + 2250, 21.625),
            new Reading(8, Samples.Noon + 2250, -0.5),
            new Reading(4, Samples.Noon + 2900, 0, "open"),
            new Reading(9, Samples.Noon + 3000, 0, "closed"),
            new Reading(1, Samples.Noon + 3000, -7),
            new Reading(3, Samples.Noon + 4250, 21.625),
            new Reading(3, Samples.Noon + 6250, 21.5),
        ]),
        new("polled", "Two counts and two voltages, polled in turn once a minute: runs, equal steps, shared instants.",
            [.. Enumerable.Range(0, 24).Select(i => new Reading(Polled[i % 4], Samples.Noon + i / 4 * 60_000 + i % 4 / 2 * 1500, i % 2 == 0 ? 500 + i * i
                : Math.Round(229.9 + i % 7 * 0.12, 2)))]),
        new("events", "Occupancy events at random milliseconds: aliases themselves, steps of the first order, bits.",
            [.. Events.Select(e => new Reading(e.Alias, Samples.Noon + e.AfterMs, e.Value))]),
        new("outlier", "A counter that once jumps by 2^52: an escaped Rice code.",
            [.. Enumerable.Range(0, 40).Select(i => new Reading(1, Samples.Noon + i * 1000, i < 20 ? i % 3 : (1L << 52) + i % 3))]),
        new("coarse", "A voltmeter of 0.25 V steps, read at whole seconds: multiples.",
            [.. Enumerable.Range(0, 30).Select(i => new Reading(2, Samples.Noon + i * i * 1000, 230 + i * 7 % 11 * 0.25))]),
        new("compressed", "Much text: a body compressed with Brotli.",
            [.. Enumerable.Range(0, 8).Select(i => new Reading(4, Samples.Noon + i * 1000, 0,
                $"Controller 2 reported that contactor {i} of feeder 12 did not close within 350 ms after the command"))], FrameCompression.WhenSmaller),
        new("newer-minor", "Version 1.7 with a flag, a header field and a section that 1.0 does not know, all to be skipped.",
            [new Reading(2, Samples.Noon, 230.1)], Change: frame => FrameSurgery.With(frame, header => [(byte)(header[0] | 0x40), .. header.AsSpan(1),
                0xDE, 0xAD], body => [.. body, 9, 3, 1, 2, 3], minor: 7)),
    ];

    public string HexFile => Path.Combine(Repository.Vectors, Name + ".hex");

    public string JsonFile => Path.Combine(Repository.Vectors, Name + ".json");

    public static string BirthFile => Path.Combine(Repository.Vectors, "mixed.birth");

    public byte[] Encode()
    {
        byte[] frame = Samples.Encode(new FrameEncoder(Samples.Mixed, Compression), Readings, Epoch, Sequence);
        return Change?.Invoke(frame) ?? frame;
    }

    /// <summary>The explained dump, with a first line that says what the vector shows.</summary>
    public string Explain(byte[] frame) => $"# {What} Birth: mixed.birth.\n{ReferenceFrame.Read(frame, Samples.Mixed).Dump}";

    /// <summary>The JSON that describes a decoded frame, one reading a line.</summary>
    public static string Describe(FrameColumns columns)
    {
        FrameHeader header = columns.Header;
        StringBuilder json = new();
        json.Append(CultureInfo.InvariantCulture,
            $"{{\n  \"version\": \"1.{header.MinorVersion}\",\n  \"birth\": \"{header.BirthHash}\",\n  \"epoch\": {header.Epoch},\n  \"seq\": {header.Sequence},\n");
        json.Append(CultureInfo.InvariantCulture,
            $"  \"sealedAtMs\": {header.SealedAtMs},\n  \"baseTimeMs\": {header.BaseTimeMs},\n  \"clock\": \"{header.Clock.ToString().ToLowerInvariant()}\",\n  \"readings\": [");
        for (int i = 0; i < columns.Count; i++)
        {
            string value = columns.Texts[i] < 0 ? columns.Numbers[i].ToString("R", CultureInfo.InvariantCulture)
                : JsonSerializer.Serialize(columns.Text(columns.Texts[i]));
            json.Append(CultureInfo.InvariantCulture,
                $"{(i == 0 ? "" : ",")}\n    [{columns.Points[i]}, {columns.TimestampsMs[i]}, {value}, {(int)columns.Qualities[i]}]");
        }
        return json.Append(columns.Count == 0 ? "]\n}\n" : "\n  ]\n}\n").ToString();
    }

    /// <summary>The bytes of a dump: what is behind a # is for people.</summary>
    public static byte[] ReadHex(string dump) =>
        Convert.FromHexString(string.Concat(dump.Split('\n').TakeWhile(line => !line.StartsWith("# the body, decompressed",
            StringComparison.Ordinal)).Concat(Checksum(dump)).Select(line => line.Split('#')[0]).SelectMany(line => line.Split(' ', '\r'))));

    // In the dump of a compressed frame the checksum stands after the explained body.
    private static string[] Checksum(string dump) =>
        dump.Contains("# the body, decompressed", StringComparison.Ordinal) ? dump.TrimEnd().Split('\n')[^1..] : [];
}
