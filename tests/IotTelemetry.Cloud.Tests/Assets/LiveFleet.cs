using System.Buffers;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Assets;

/// <summary>A live state that tests fill directly: gateways with any assets, readings by name.</summary>
internal sealed class LiveFleet
{
    private readonly Dictionary<GatewayId, Birth> _births = [];
    private readonly FrameDecoder _decoder = new();
    private readonly FrameColumns _columns = new();
    private ulong _seq;

    public LiveState Live { get; } = new();

    /// <summary>The time that statuses and readings are received at.</summary>
    public long NowMs { get; set; } = 1_750_000_000_000;

    public static PointDefinition Occupied { get; } = new() { Id = "occupied", Type = PointType.Boolean, Reporting = new ReportingRule { MaximumSilenceMs = 60_000 } };

    public static PointDefinition Power { get; } =
        new() { Id = "power_w", Type = PointType.Float, Unit = "W", Range = new ValueRange { Minimum = -2000, Maximum = 5000 }, Reporting = new ReportingRule { MaximumSilenceMs = 10_000 } };

    /// <summary>Describes a gateway; each asset has all the points. It is online from now on.</summary>
    public LiveGateway Describe(string id, IReadOnlyList<PointDefinition> points, params ReadOnlySpan<(string Name, string Kind, string Tags)> assets)
    {
        Assert.True(GatewayId.TryParse(id, out GatewayId? gateway, out _));
        int alias = 0;
        List<Asset> all = [];
        foreach ((string name, string kind, string tags) in assets)
        {
            all.Add(new Asset
            {
                Name = name,
                Kind = kind,
                Tags = tags.Length == 0 ? null : tags.Split(',').Select(tag => tag.Split('=')).ToDictionary(tag => tag[0], tag => tag[1]),
                Points = points.ToDictionary(point => point.Id, _ => alias++),
            });
        }

        BirthHeader header = new() { Gateway = gateway, SoftwareVersion = "1.0", Board = "simulated", BootId = "boot", Epoch = 1 };
        Birth birth = Birth.Create(header, points, all);
        _births[gateway] = birth;
        LiveGateway live = Live.Get(gateway);
        live.Describe(birth, NowMs);
        Say(id, GatewayState.Online);
        return live;
    }

    public void Say(string id, GatewayState state) => Find(id).Say(new GatewayStatus { State = state, BootId = "boot", AtMs = NowMs }, NowMs);

    /// <summary>A reading of a point, taken and received now.</summary>
    public void Read(string id, string asset, string point, double value, Quality quality = Quality.Good)
    {
        Birth birth = _births[Find(id).Id];
        FrameEncoder encoder = new(birth);
        encoder.Add(birth.Points.Single(p => p.Asset.Name == asset && p.Name == point).Alias, NowMs, value, quality);
        ArrayBufferWriter<byte> frame = new();
        encoder.Complete(1, ++_seq, NowMs, ClockQuality.Synchronised, frame);
        _decoder.Decode(frame.WrittenSpan, birth, _columns);
        Find(id).Apply(birth, _columns, NowMs);
    }

    private LiveGateway Find(string id)
    {
        Assert.True(GatewayId.TryParse(id, out GatewayId? gateway, out _));
        return Live.Find(gateway)!;
    }
}
