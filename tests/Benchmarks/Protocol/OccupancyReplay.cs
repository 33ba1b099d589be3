using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>
/// 120 parking bays whose occupancy changes at random, on average once in 20 minutes each (a Poisson process, seeded), reported at the millisecond of the
/// change: nothing about the next bay or time can be known.
/// </summary>
internal static class OccupancyReplay
{
    private const int Bays = 120;
    private const double MeanMilliseconds = 20 * 60_000.0 / Bays;
    private const int Events = 50_000;

    public static Replay Create()
    {
        Random random = new(120);
        int[] points = new int[Events];
        long[] times = new long[Events];
        double[] values = new double[Events];
        bool[] isOccupied = new bool[Bays];
        double time = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        for (int i = 0; i < Events; i++)
        {
            time += -Math.Log(1 - random.NextDouble()) * MeanMilliseconds;
            int bay = random.Next(Bays);
            isOccupied[bay] = !isOccupied[bay];
            points[i] = bay;
            times[i] = (long)time;
            values[i] = isOccupied[bay] ? 1 : 0;
        }
        return new Replay("occupancy", CreateBirth(), 50, points, times, values);
    }

    private static Birth CreateBirth()
    {
        List<Asset> bays = [];
        for (int i = 0; i < Bays; i++)
        {
            bays.Add(new Asset { Name = $"bay-{i + 1:000}", Kind = "parking_bay", Points = new Dictionary<string, int> { ["occupied"] = i } });
        }
        return Birth.Create(BenchBirths.Header, [new PointDefinition { Id = "occupied", Type = PointType.Boolean }], bays);
    }
}
