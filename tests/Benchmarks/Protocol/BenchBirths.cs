using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Protocol;

internal static class BenchBirths
{
    public static BirthHeader Header { get; } = new()
    {
        Gateway = new GatewayId("bench", "gw-1"),
        SoftwareVersion = "0.1.0",
        Board = "bench",
        BootId = "00000000-0000-0000-0000-000000000001",
        Epoch = 1,
    };
}
