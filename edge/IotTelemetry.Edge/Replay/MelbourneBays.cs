using System.Globalization;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Replay;

/// <summary>
/// The City of Melbourne's export "on-street parking bay sensors": UTF-8 with a byte order mark, comma-separated, one row per bay with its latest state. Each KerbsideID becomes a parking bay with its
/// position and, where the row has one, its zone; each row becomes one reading of <c>occupied</c> at its Status_Timestamp, whose offset the file gives.
/// </summary>
internal sealed class MelbourneBays : IReplaySource
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:sszzz";
    private static readonly string[] Header = ["Lastupdated", "Status_Timestamp", "Zone_Number", "Status_Description", "KerbsideID", "Location"];

    private readonly ReplayCounts _counts;
    private readonly List<BoardAsset> _assets = [];
    private readonly List<BoardPoint> _points = [];
    private readonly Dictionary<string, int> _bays = [];
    private readonly List<(ReplayReading Reading, long Line)> _rows = [];

    private MelbourneBays(ReplayCounts counts) => _counts = counts;

    public IReadOnlyList<BoardAsset> Assets => _assets;

    public IReadOnlyList<BoardPoint> Points => _points;

    /// <summary>Reads the whole file: the bays must be known before the first reading is sent.</summary>
    public static MelbourneBays Load(string file, ReplayCounts counts)
    {
        using var reader = new StreamReader(file);
        var fields = new List<string>();
        if (reader.ReadLine() is not { } header || !DelimitedLine.TrySplit(header, ',', fields, out _) || !fields.SequenceEqual(Header))
        {
            throw new ReplayException($"{file} is not melbourne-bays: its first line must be {string.Join(',', Header)}");
        }

        var bays = new MelbourneBays(counts);
        for (var line = 2L; reader.ReadLine() is { } text; line++)
        {
            counts.Row();
            if (!DelimitedLine.TrySplit(text, ',', fields, out var problem) || (problem = bays.TakeRow(fields, line)) is not null)
            {
                counts.Bad(line, problem!);
            }
        }

        // The export is in no order of time; a gateway's readings are.
        bays._rows.Sort((a, b) => (a.Reading.TimestampMs, a.Line).CompareTo((b.Reading.TimestampMs, b.Line)));
        return bays;
    }

    public IEnumerable<ReplayReading> Readings()
    {
        var last = new long[_points.Count];
        foreach (var (reading, line) in _rows)
        {
            if (reading.TimestampMs == last[reading.Point])
            {
                _counts.Repeated(line, $"bay {_assets[reading.Point].Id} at this time");
                continue;
            }

            last[reading.Point] = reading.TimestampMs;
            yield return reading;
        }
    }

    private string? TakeRow(List<string> fields, long line)
    {
        if (fields.Count != Header.Length)
        {
            return $"{fields.Count} fields where {Header.Length} are wanted";
        }

        var (timestamp, zone, status, id, location) = (fields[1], fields[2], fields[3], fields[4], fields[5]);
        if (!DateTimeOffset.TryParseExact(timestamp, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) || at <= DateTimeOffset.UnixEpoch)
        {
            return $"Status_Timestamp \"{timestamp}\" is not a time such as 2025-03-25T11:09:20+11:00";
        }

        if (status is not ("Present" or "Unoccupied"))
        {
            return $"Status_Description \"{status}\" is neither Present nor Unoccupied";
        }

        if (!NameRules.IsValid(id, out var problem))
        {
            return $"KerbsideID \"{id}\" {problem}";
        }

        if (zone.Length > 0 && !zone.All(char.IsAsciiDigit))
        {
            return $"Zone_Number \"{zone}\" is not a number";
        }

        if (!TryParseLocation(location, out var latitude, out var longitude))
        {
            return $"Location \"{location}\" is not latitude, longitude";
        }

        if (!_bays.TryGetValue(id, out var bay))
        {
            bay = _assets.Count;
            _bays.Add(id, bay);
            _assets.Add(new BoardAsset(id, "parking_bay", latitude, longitude, zone.Length == 0 ? [] : new Dictionary<string, string> { ["zone"] = zone }));
            _points.Add(BoardPoint.Digital(bay, "occupied"));
        }

        _rows.Add((new ReplayReading(bay, at.ToUnixTimeMilliseconds(), status == "Present" ? 1 : 0), line));
        return null;
    }

    private static bool TryParseLocation(string text, out double latitude, out double longitude)
    {
        longitude = 0;
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        return double.TryParse(comma < 0 ? "" : text.AsSpan(0, comma), NumberStyles.Float, CultureInfo.InvariantCulture, out latitude)
            && double.TryParse(text.AsSpan(comma + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out longitude)
            && latitude is >= -90 and <= 90
            && longitude is >= -180 and <= 180;
    }
}
