using System.Globalization;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Replay;

/// <summary>
/// The export "individual household electric power consumption" of one house near Paris, semicolon-separated, one row a minute: one meter. Values that are empty or <c>?</c> are missing and give no reading.
/// The file's times are local and name no zone, so the zone is told by whoever replays it; the hour that the clock repeats in autumn is read as summer time first and, where time would go back,
/// as winter time.
/// </summary>
internal sealed class HouseholdPower : IReplaySource
{
    private const string TimeFormat = "d/M/yyyy HH:mm:ss";
    private const int MostDecimals = 3;

    private static readonly string[] Header =
    [
        "Date", "Time", "Global_active_power", "Global_reactive_power", "Voltage", "Global_intensity", "Sub_metering_1", "Sub_metering_2", "Sub_metering_3",
    ];

    private static readonly BoardPoint[] Columns =
    [
        BoardPoint.Analog(0, "active_power_kw", "kW", 0.001, 0, 1000),
        BoardPoint.Analog(0, "reactive_power_kvar", "kvar", 0.001, 0, 1000),
        BoardPoint.Analog(0, "voltage_v", "V", 0.001, 0, 1000),
        BoardPoint.Analog(0, "current_a", "A", 0.001, 0, 10_000),
        BoardPoint.Analog(0, "sub_metering_1_wh", "Wh", 0.001, 0, 1_000_000),
        BoardPoint.Analog(0, "sub_metering_2_wh", "Wh", 0.001, 0, 1_000_000),
        BoardPoint.Analog(0, "sub_metering_3_wh", "Wh", 0.001, 0, 1_000_000),
    ];

    private readonly string _file;
    private readonly TimeZoneInfo _timeZone;
    private readonly ReplayCounts _counts;

    private HouseholdPower(string file, TimeZoneInfo timeZone, ReplayCounts counts)
    {
        _file = file;
        _timeZone = timeZone;
        _counts = counts;
    }

    public IReadOnlyList<BoardAsset> Assets { get; } = [new BoardAsset("meter", "meter", null, null, new Dictionary<string, string>())];

    public IReadOnlyList<BoardPoint> Points => Columns;

    public static HouseholdPower Open(string file, TimeZoneInfo timeZone, ReplayCounts counts)
    {
        using var reader = new StreamReader(file);
        return reader.ReadLine() == string.Join(';', Header)
            ? new HouseholdPower(file, timeZone, counts)
            : throw new ReplayException($"{file} is not household-power: its first line must be {string.Join(';', Header)}");
    }

    public IEnumerable<ReplayReading> Readings()
    {
        using var reader = new StreamReader(_file);
        reader.ReadLine();
        var fields = new List<string>();
        var values = new double?[Columns.Length];
        var last = 0L;
        for (var line = 2L; reader.ReadLine() is { } text; line++)
        {
            _counts.Row();
            if (!DelimitedLine.TrySplit(text, ';', fields, out var problem) || (problem = Parse(fields, values, last, out var timestampMs)) is not null)
            {
                _counts.Bad(line, problem!);
                continue;
            }

            if (timestampMs == last)
            {
                _counts.Repeated(line, "this time");
                continue;
            }

            last = timestampMs;
            for (var column = 0; column < values.Length; column++)
            {
                if (values[column] is { } value)
                {
                    yield return new ReplayReading(column, timestampMs, value);
                }
                else
                {
                    _counts.Missing();
                }
            }
        }
    }

    private string? Parse(List<string> fields, double?[] values, long last, out long timestampMs)
    {
        timestampMs = 0;
        if (fields.Count != Header.Length)
        {
            return $"{fields.Count} fields where {Header.Length} are wanted";
        }

        if (!DateTime.TryParseExact($"{fields[0]} {fields[1]}", TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return $"\"{fields[0]};{fields[1]}\" is not a date and time such as 1/2/2007;00:00:00";
        }

        if (_timeZone.IsInvalidTime(local))
        {
            return $"{fields[0]} {fields[1]} does not exist in {_timeZone.Id}: the clock was put forward over it";
        }

        for (var column = 0; column < values.Length; column++)
        {
            var text = fields[column + 2];
            values[column] = null;
            if (text is not ("" or "?"))
            {
                if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value) || DecimalsOf(text) > MostDecimals)
                {
                    return $"{Header[column + 2]} \"{text}\" is not a number with at most {MostDecimals} decimals";
                }

                values[column] = value;
            }
        }

        timestampMs = ToUnixMs(local, last);
        return timestampMs <= 0 ? $"{fields[0]} is before 1970"
            : timestampMs < last ? $"{fields[0]} {fields[1]} goes back in time"
            : null;
    }

    private long ToUnixMs(DateTime local, long last)
    {
        if (!_timeZone.IsAmbiguousTime(local))
        {
            return new DateTimeOffset(local, _timeZone.GetUtcOffset(local)).ToUnixTimeMilliseconds();
        }

        var offsets = _timeZone.GetAmbiguousTimeOffsets(local);
        var summer = new DateTimeOffset(local, offsets.Max()).ToUnixTimeMilliseconds();
        return summer > last ? summer : new DateTimeOffset(local, offsets.Min()).ToUnixTimeMilliseconds();
    }

    private static int DecimalsOf(string text) => text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? text.Length - point - 1 : 0;
}
