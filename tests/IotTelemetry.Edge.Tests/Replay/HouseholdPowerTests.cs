using IotTelemetry.Edge.Replay;

namespace IotTelemetry.Edge.Tests.Replay;

public sealed class HouseholdPowerTests : IDisposable
{
    private const string Header = "Date;Time;Global_active_power;Global_reactive_power;Voltage;Global_intensity;Sub_metering_1;Sub_metering_2;Sub_metering_3\r\n";

    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_row_is_a_reading_of_each_point_at_its_minute()
    {
        var (readings, _) = Read("1/2/2007;00:01:00;0.326;0.130;243.320;1.400;0;0;17\r\n");
        var at = new DateTimeOffset(2007, 2, 1, 0, 1, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.Equal([0.326, 0.130, 243.320, 1.4, 0, 0, 17], readings.Select(r => r.Value));
        Assert.All(readings, r => Assert.Equal(at, r.TimestampMs));
    }

    [Fact]
    public void Missing_values_give_no_reading_and_are_counted()
    {
        var (readings, counts) = Read("1/2/2007;00:01:00;?;?;243.320;;0;0;\r\n");
        Assert.Equal([2, 4, 5], readings.Select(r => r.Point));
        Assert.Equal((1, 0, 4), (counts.Rows, counts.BadRows, counts.MissingValues));
    }

    [Theory]
    [InlineData("1/2/2007;00:01:00;0.3", "3 fields where 9 are wanted")]
    [InlineData("31/2/2007;00:01:00;0;0;0;0;0;0;0", "not a date and time")]
    [InlineData("1/2/2007;00:01:00;x;0;0;0;0;0;0", "Global_active_power \"x\"")]
    [InlineData("1/2/2007;00:01:00;0;0;0;0;0;0;1.2345", "Sub_metering_3 \"1.2345\"")]
    [InlineData("1/2/2007;00:01:00;-1;0;0;0;0;0;0", "Global_active_power \"-1\"")]
    [InlineData("31/1/2007;23:00:00;0;0;0;0;0;0;0", "goes back in time")]
    public void A_bad_row_is_reported_with_its_line_and_the_run_goes_on(string row, string problem)
    {
        var (readings, counts) = Read($"1/2/2007;00:00:00;1;1;1;1;1;1;1\r\n{row}\r\n1/2/2007;00:02:00;1;1;1;1;1;1;1\r\n");
        Assert.Equal((3, 1, 14), (counts.Rows, counts.BadRows, readings.Count));
        var line = Assert.Single(_log.Lines);
        Assert.Contains("line 3", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeated_time_is_skipped_and_counted()
    {
        var (readings, counts) = Read("1/2/2007;00:00:00;1;1;1;1;1;1;1\n1/2/2007;00:00:00;2;2;2;2;2;2;2\n");
        Assert.Equal(7, readings.Count);
        Assert.Equal((2, 0, 1), (counts.Rows, counts.BadRows, counts.RepeatedRows));
    }

    [Fact]
    public void Local_times_follow_the_zone_through_summer_time()
    {
        // Paris, 2007: put forward over 25 March 02:00-03:00, put back over 28 October 02:00-03:00, which comes twice.
        var paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
        var (readings, counts) = Read(
            "25/3/2007;01:59:00;1;;;;;;\n25/3/2007;02:30:00;2;;;;;;\n25/3/2007;03:00:00;3;;;;;;\n28/10/2007;02:30:00;4;;;;;;\n28/10/2007;02:30:00;5;;;;;;\n28/10/2007;03:00:00;6;;;;;;\n",
            paris);
        Assert.Equal([1.0, 3, 4, 5, 6], readings.Select(r => r.Value));
        Assert.Equal(1, counts.BadRows);
        Assert.Equal(
            ["2007-03-25T00:59", "2007-03-25T01:00", "2007-10-28T00:30", "2007-10-28T01:30", "2007-10-28T02:00"],
            readings.Select(r => DateTimeOffset.FromUnixTimeMilliseconds(r.TimestampMs).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void The_real_file_gives_seven_readings_a_minute()
    {
        if (SharedData.Find("household-power-2007-02-01.csv") is not { } path)
        {
            return;
        }

        var counts = new ReplayCounts(path, _log);
        var readings = HouseholdPower.Open(path, TimeZoneInfo.Utc, counts).Readings().Count();
        Assert.Equal((2880, 0, 0, 0, 2880 * 7), (counts.Rows, counts.BadRows, counts.MissingValues, counts.RepeatedRows, readings));
    }

    private (List<ReplayReading> Readings, ReplayCounts Counts) Read(string rows, TimeZoneInfo? zone = null)
    {
        var path = Path.Combine(_directory.Path, "power.csv");
        File.WriteAllText(path, Header + rows);
        var counts = new ReplayCounts("power.csv", _log);
        return (HouseholdPower.Open(path, zone ?? TimeZoneInfo.Utc, counts).Readings().ToList(), counts);
    }
}
