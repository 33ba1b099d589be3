using System.Text;
using IotTelemetry.Edge.Replay;

namespace IotTelemetry.Edge.Tests.Replay;

public sealed class MelbourneBaysTests : IDisposable
{
    private const string Header = "Lastupdated,Status_Timestamp,Zone_Number,Status_Description,KerbsideID,Location\n";

    private readonly TempDirectory _directory = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Each_row_is_one_reading_of_its_bay_at_its_own_time_in_utc()
    {
        var (bays, counts) = Load(
            "2025-03-25T11:44:37+11:00,2025-03-25T11:09:20+11:00,7303,Unoccupied,51614,\"-37.816, 144.969\"\r\n"
            + "2025-05-08T15:44:34+10:00,2025-04-14T10:32:21+10:00,,Present,69979,\"-37.822, 144.952\"\r\n");
        var readings = bays.Readings().ToArray();

        Assert.Equal((2, 0), (counts.Rows, counts.BadRows));
        Assert.Equal(["51614", "69979"], bays.Assets.Select(a => a.Id));
        Assert.Equal(("parking_bay", -37.816, 144.969, "7303"), (bays.Assets[0].Kind, bays.Assets[0].Latitude, bays.Assets[0].Longitude, bays.Assets[0].Tags["zone"]));
        Assert.Empty(bays.Assets[1].Tags);
        Assert.Equal(new ReplayReading(0, Utc("2025-03-25T00:09:20Z"), 0), readings[0]);
        Assert.Equal(new ReplayReading(1, Utc("2025-04-14T00:32:21Z"), 1), readings[1]);
    }

    [Theory]
    [InlineData("x,2025-03-25T11:09:20+11:00,7303,Unoccupied,51614", "5 fields where 6 are wanted")]
    [InlineData("x,2025-03-25 11:09,7303,Unoccupied,51614,\"-37.8, 144.9\"", "Status_Timestamp")]
    [InlineData("x,2025-03-25T11:09:20+11:00,7303,Maybe,51614,\"-37.8, 144.9\"", "neither Present nor Unoccupied")]
    [InlineData("x,2025-03-25T11:09:20+11:00,7303,Present,51/614,\"-37.8, 144.9\"", "KerbsideID")]
    [InlineData("x,2025-03-25T11:09:20+11:00,7303,Present,51614,\"-97.8, 144.9\"", "Location")]
    [InlineData("x,2025-03-25T11:09:20+11:00,7303,Present,51614,nowhere", "Location")]
    [InlineData("x,2025-03-25T11:09:20+11:00,A,Present,51614,\"-37.8, 144.9\"", "Zone_Number")]
    [InlineData("x,2025-03-25T11:09:20+11:00,7303,Present,51614,\"-37.8, 144.9", "a quote is not closed")]
    public void A_bad_row_is_reported_with_its_line_and_the_run_goes_on(string row, string problem)
    {
        const string Good = "x,2025-03-25T11:09:20+11:00,1,Present,1,\"-37.8, 144.9\"\n";
        var (bays, counts) = Load(Good + row + "\n" + Good.Replace(",1,P", ",2,P", StringComparison.Ordinal).Replace("t,1,", "t,2,", StringComparison.Ordinal));

        Assert.Equal((3, 1), (counts.Rows, counts.BadRows));
        Assert.Equal(2, bays.Readings().Count());
        var line = Assert.Single(_log.Lines);
        Assert.Contains("line 3", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bay_has_one_reading_per_time_and_its_rows_come_in_order_of_time()
    {
        var (bays, counts) = Load(
            "x,2025-03-25T12:00:00+11:00,1,Present,7,\"-37.8, 144.9\"\n"
            + "x,2025-03-25T11:00:00+11:00,1,Unoccupied,7,\"-37.8, 144.9\"\n"
            + "x,2025-03-25T01:00:00+00:00,1,Unoccupied,7,\"-37.8, 144.9\"\n");
        Assert.Equal([0.0, 1], bays.Readings().Select(r => r.Value));
        Assert.Equal(1, counts.RepeatedRows);
        Assert.Contains("line 4", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_file_is_refused()
    {
        var path = Path.Combine(_directory.Path, "other.csv");
        File.WriteAllText(path, "a,b\n");
        Assert.Throws<ReplayException>(() => MelbourneBays.Load(path, new ReplayCounts(path, _log)));
    }

    [Fact]
    public void The_real_file_has_3309_bays_as_many_readings_and_no_bad_row()
    {
        if (SharedData.Find("melbourne-parking-bay-sensors.csv") is not { } path)
        {
            return;
        }

        var counts = new ReplayCounts(path, _log);
        var bays = MelbourneBays.Load(path, counts);
        var readings = bays.Readings().ToArray();
        Assert.Equal((3309, 0, 0), (counts.Rows, counts.BadRows, counts.RepeatedRows));
        Assert.Equal(3309, bays.Assets.Count);
        Assert.Equal((1751, 1558), (readings.Count(r => r.Value == 1), readings.Count(r => r.Value == 0)));
        Assert.Equal(331, bays.Assets.Where(a => a.Tags.Count > 0).Select(a => a.Tags["zone"]).Distinct().Count());
        Assert.Equal(228, bays.Assets.Count(a => a.Tags.Count == 0));
    }

    private static long Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private (MelbourneBays Bays, ReplayCounts Counts) Load(string rows)
    {
        var path = Path.Combine(_directory.Path, "bays.csv");
        File.WriteAllText(path, Header + rows, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var counts = new ReplayCounts("bays.csv", _log);
        return (MelbourneBays.Load(path, counts), counts);
    }
}
