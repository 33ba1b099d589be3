using IotTelemetry.Edge.Framing;
using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Framing;

public sealed class BirthBuilderTests
{
    [Fact]
    public void A_bound_that_nobody_gave_is_no_range()
    {
        BoardPoint[] points =
        [
            BoardPoint.Analog(0, "rated", "W", 1, 0, 43_000),
            BoardPoint.Analog(0, "power_w", "W", 1, 0, BoardPoint.NoLimit),
            BoardPoint.Analog(0, "flow", "W", 1, -BoardPoint.NoLimit, BoardPoint.NoLimit),
            BoardPoint.Counter(0, "energy_wh", "Wh", 1),
        ];
        BirthHeader header = new() { Gateway = new GatewayId("s", "g"), Board = "stub", BootId = "b", SoftwareVersion = "1", Epoch = 1 };

        var birth = BirthBuilder.Build(header, [new BoardAsset("meter", "meter", null, null, new Dictionary<string, string>())], points, [.. points.Select(_ => new PointRule())]);

        Assert.Equal(
            [new ValueRange { Minimum = 0, Maximum = 43_000 }, new ValueRange { Minimum = 0 }, null, new ValueRange { Minimum = 0 }],
            birth.Definitions.Select(definition => definition.Range));
    }
}
