using System.Buffers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Ingest;

/// <summary>One gateway's birth and frames, encoded before anything is measured: 250 bays with four points, a reading of each point per frame.</summary>
internal sealed class IngestLoad
{
    public const int ReadingsPerFrame = 1000;

    public IngestLoad(int gateway, int frames)
    {
        Id = new GatewayId("bench", $"gw-{gateway}");
        BirthHeader header = new() { Gateway = Id, SoftwareVersion = "1.0", Board = "bench", BootId = "bench", Epoch = 1 };
        Birth = Birth.Create(
            header,
            [
                new PointDefinition { Id = "occupied", Type = PointType.Boolean },
                new PointDefinition { Id = "distance_mm", Type = PointType.Integer },
                new PointDefinition { Id = "power_w", Type = PointType.Decimal, Scale = 1 },
                new PointDefinition { Id = "temperature", Type = PointType.Float },
            ],
            [.. Enumerable.Range(0, 250).Select(i => new Asset
            {
                Name = $"bay-{gateway:D2}-{i:D4}",
                Kind = "parking_bay",
                Points = new Dictionary<string, int> { ["occupied"] = i * 4, ["distance_mm"] = (i * 4) + 1, ["power_w"] = (i * 4) + 2, ["temperature"] = (i * 4) + 3 },
            })]);
        Frames = Encode(frames, new Random(gateway));
    }

    public GatewayId Id { get; }

    public Birth Birth { get; }

    public byte[][] Frames { get; }

    private byte[][] Encode(int count, Random random)
    {
        long start = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        FrameEncoder encoder = new(Birth);
        ArrayBufferWriter<byte> output = new();
        byte[][] frames = new byte[count][];
        for (int frame = 0; frame < count; frame++)
        {
            for (int point = 0; point < ReadingsPerFrame; point++)
            {
                double value = (point % 4) switch { 0 => random.Next(2), 1 => random.Next(4000), 2 => random.Next(200_000) / 10.0, _ => 20 + random.NextDouble() };
                encoder.Add(point, start + (frame * 1000L) + random.Next(1000), value);
            }

            output.ResetWrittenCount();
            encoder.Complete(1, (ulong)frame + 1, start + (frame * 1000L) + 1000, ClockQuality.Synchronised, output);
            frames[frame] = output.WrittenSpan.ToArray();
        }

        return frames;
    }
}
