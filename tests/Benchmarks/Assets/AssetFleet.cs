using System.Buffers;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Assets;

/// <summary>A million assets with four points each: 20 sites of 50 gateways of 1,000 assets, with a zone of 50 and a position.</summary>
internal static class AssetFleet
{
    public const int Sites = 20;
    public const int Gateways = 1000;
    public const int AssetsPerGateway = 1000;
    public const int PointsPerAsset = 4;
    public const int Assets = Gateways * AssetsPerGateway;
    public const int ReadingsPerFrame = 1000;

    private static readonly PointDefinition[] Definitions =
    [
        new() { Id = "occupied", Type = PointType.Boolean, Reporting = new ReportingRule { MaximumSilenceMs = 3_600_000 } },
        new() { Id = "distance_mm", Type = PointType.Integer, Unit = "mm" },
        new() { Id = "power_w", Type = PointType.Decimal, Scale = 1, Unit = "W", Range = new ValueRange { Minimum = 0, Maximum = 22_000 } },
        new() { Id = "temperature", Type = PointType.Float, Unit = "°C" },
    ];

    public static GatewayId IdOf(int gateway) => new($"site-{gateway % Sites:D2}", $"gw-{gateway:D4}");

    /// <summary>A birth as it comes over the wire.</summary>
    public static byte[] Payload(int gateway) => Create(gateway).Encode();

    /// <summary>A birth as ingest has it.</summary>
    public static Birth Decoded(int gateway) => Birth.Decode(Payload(gateway));

    /// <summary>The readings of a frame: one of each point of a quarter of a gateway's assets. The same for all gateways, since points have the same aliases.</summary>
    public static FrameColumns Columns(Birth birth, int quarter, long startMs)
    {
        FrameEncoder encoder = new(birth);
        Random random = new(quarter);
        for (int i = 0; i < ReadingsPerFrame; i++)
        {
            encoder.Add((quarter * ReadingsPerFrame) + i, startMs + i, (i % PointsPerAsset) == 0 ? random.Next(2) : random.Next(4000));
        }

        ArrayBufferWriter<byte> frame = new();
        encoder.Complete(1, 1, startMs + ReadingsPerFrame, ClockQuality.Synchronised, frame);
        FrameColumns columns = new();
        new FrameDecoder().Decode(frame.WrittenSpan, birth, columns);
        return columns;
    }

    private static Birth Create(int gateway) => Birth.Create(
        new BirthHeader { Gateway = IdOf(gateway), SoftwareVersion = "1.0", Board = "bench", BootId = "bench", Epoch = 1 },
        Definitions,
        [.. Enumerable.Range(0, AssetsPerGateway).Select(i => new Asset
        {
            Name = $"bay-{gateway:D4}-{i:D4}",
            Kind = "parking_bay",
            Position = new AssetPosition(-37.8 + (i * 1e-5), 144.9 + (gateway * 1e-4)),
            Tags = new Dictionary<string, string> { ["zone"] = $"{gateway:D4}-{i / 50:D2}" },
            Points = Definitions.Select((definition, point) => (definition.Id, Alias: (i * PointsPerAsset) + point)).ToDictionary(point => point.Id, point => point.Alias),
        })]);
}
