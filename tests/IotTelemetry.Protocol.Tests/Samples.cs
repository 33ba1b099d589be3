namespace IotTelemetry.Protocol.Tests;

/// <summary>Small births and readings that tests share.</summary>
internal static class Samples
{
    public const long Noon = 1_763_640_000_000;

    public static BirthHeader Header { get; } = new()
    {
        Gateway = new GatewayId("melbourne", "gw-1"),
        SoftwareVersion = "0.1.0",
        Board = "simulated",
        BootId = "5b1f5c9e-6a43-4f0e-9f0a-0d5b1d2c3e4f",
        Epoch = 7,
    };

    /// <summary>Two assets with a point of every type each; aliases 0 to 9.</summary>
    public static Birth Mixed { get; } = Birth.Create(
        Header,
        [
            new PointDefinition { Id = "occupied", Type = PointType.Boolean },
            new PointDefinition { Id = "count", Type = PointType.Integer },
            new PointDefinition { Id = "voltage", Type = PointType.Decimal, Scale = 2, Unit = "V", Range = new ValueRange { Minimum = 207, Maximum = 253 } },
            new PointDefinition
            {
                Id = "temperature",
                Type = PointType.Float,
                Unit = "°C",
                Reporting = new ReportingRule { Deadband = 0.5, MaximumSilenceMs = 600_000 },
            },
            new PointDefinition { Id = "state", Type = PointType.Text, Settable = true, Values = ["open", "closed"] },
        ],
        [AssetWithAll("a", 0), AssetWithAll("b", 5)]);

    public static void AssertRoundTrips(IReadOnlyList<Reading> readings, Birth birth, FrameCompression compression = FrameCompression.None)
    {
        FrameEncoder encoder = new(birth, compression);
        byte[] frame = Encode(encoder, readings);
        FrameColumns columns = new();
        new FrameDecoder().Decode(frame, birth, columns);

        Assert.Equal(readings.Count, columns.Count);
        for (int i = 0; i < readings.Count; i++)
        {
            Reading expected = readings[i];
            Assert.Equal(expected.Point, columns.Points[i]);
            Assert.Equal(expected.TimestampMs, columns.TimestampsMs[i]);
            Assert.Equal(expected.Quality, columns.Qualities[i]);
            if (expected.Text is null)
            {
                Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Number), BitConverter.DoubleToInt64Bits(columns.Numbers[i]));
                Assert.Equal(-1, columns.Texts[i]);
            }
            else
            {
                Assert.Equal(expected.Text, columns.Text(columns.Texts[i]));
                Assert.Equal(0, columns.Numbers[i]);
            }
        }
    }

    public static byte[] Encode(FrameEncoder encoder, IReadOnlyList<Reading> readings, ulong epoch = 7, ulong sequence = 1)
    {
        foreach (Reading reading in readings)
        {
            if (reading.Text is null)
            {
                encoder.Add(reading.Point, reading.TimestampMs, reading.Number, reading.Quality);
            }
            else
            {
                encoder.AddText(reading.Point, reading.TimestampMs, reading.Text, reading.Quality);
            }
        }
        System.Buffers.ArrayBufferWriter<byte> output = new();
        int size = encoder.Complete(epoch, sequence, Noon + 60_000, ClockQuality.Synchronised, output);
        Assert.Equal(output.WrittenCount, size);
        return output.WrittenSpan.ToArray();
    }

    private static Asset AssetWithAll(string name, int alias) => new()
    {
        Name = name,
        Kind = "test",
        Position = new AssetPosition(-37.81, 144.97),
        Tags = new Dictionary<string, string> { ["zone"] = "7303" },
        Points = new Dictionary<string, int>
        {
            ["occupied"] = alias,
            ["count"] = alias + 1,
            ["voltage"] = alias + 2,
            ["temperature"] = alias + 3,
            ["state"] = alias + 4,
        },
    };
}
