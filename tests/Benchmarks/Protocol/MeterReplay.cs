using System.Globalization;
using IotTelemetry.Protocol;

namespace IotTelemetry.Benchmarks.Protocol;

/// <summary>
/// The household export (two days, one row a minute) replayed for 40 meters of 4 points each. Meter k begins 72 minutes further into the export than meter
/// k-1 and wraps around at its end, so no two meters show the
/// same minute and each frame mixes all times of day. The gateway polls the meters one after the other, 1.5 s apart, every minute; a meter's 4 points
/// share the time of its poll. With jitter each poll is also up
/// to 40 ms late, as on a serial bus.
/// </summary>
internal static class MeterReplay
{
    private const int Meters = 40;
    private const int PointsPerMeter = 4;
    private const int MillisecondsBetweenMeters = 1500;
    private const int MaximumJitterMs = 40;

    public static Replay Read(string file, bool hasJitter)
    {
        string[] lines = File.ReadAllLines(file);
        double[][] rows = [.. lines.Skip(1).Select(Parse)];
        int count = rows.Length * Meters * PointsPerMeter;
        int[] points = new int[count];
        long[] times = new long[count];
        double[] values = new double[count];
        Random random = new(20070201);
        long start = new DateTimeOffset(2007, 2, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        int next = 0;
        for (int minute = 0; minute < rows.Length; minute++)
        {
            for (int meter = 0; meter < Meters; meter++)
            {
                double[] row = rows[(minute + meter * rows.Length / Meters) % rows.Length];
                long time = start + minute * 60_000L + meter * MillisecondsBetweenMeters + (hasJitter ? random.Next(MaximumJitterMs + 1) : 0);
                for (int point = 0; point < PointsPerMeter; point++)
                {
                    points[next] = meter * PointsPerMeter + point;
                    times[next] = time;
                    values[next++] = row[point];
                }
            }
        }
        return new Replay(hasJitter ? "meters, polled with jitter" : "meters", CreateBirth(), 500, points, times, values);
    }

    /// <summary>
    /// Global_active_power and Global_reactive_power in kW are whole watts, Voltage has two digits and Global_intensity one; the export's further digits
    /// are all 0.
    /// </summary>
    private static double[] Parse(string line)
    {
        string[] cells = line.Split(';');
        return [1000 * Number(cells[2]), 1000 * Number(cells[3]), Number(cells[4]), Number(cells[5])];
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static Birth CreateBirth()
    {
        List<Asset> meters = [];
        for (int i = 0; i < Meters; i++)
        {
            int alias = i * PointsPerMeter;
            meters.Add(new Asset
            {
                Name = $"meter-{i + 1:00}",
                Kind = "meter",
                Points = new Dictionary<string, int>
                {
                    ["power_w"] = alias,
                    ["reactive_power_var"] = alias + 1,
                    ["voltage_v"] = alias + 2,
                    ["current_a"] = alias + 3,
                },
            });
        }
        return Birth.Create(
            BenchBirths.Header,
            [
                new PointDefinition { Id = "power_w", Type = PointType.Integer, Unit = "W" },
                new PointDefinition { Id = "reactive_power_var", Type = PointType.Integer, Unit = "var" },
                new PointDefinition { Id = "voltage_v", Type = PointType.Decimal, Scale = 2, Unit = "V" },
                new PointDefinition { Id = "current_a", Type = PointType.Decimal, Scale = 1, Unit = "A" },
            ],
            meters);
    }
}
