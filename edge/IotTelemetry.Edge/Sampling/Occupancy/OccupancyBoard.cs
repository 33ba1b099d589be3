using System.Globalization;
using IotTelemetry.Hardware;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Sampling.Occupancy;

/// <summary>
/// A board with points derived from those of its sensors: for each bay that has the sources, whether it is occupied, and a settable point that starts the calibration to the empty bay and is
/// off again when that is done.
/// </summary>
internal sealed class OccupancyBoard : IBoard
{
    private readonly IBoard _board;
    private readonly CalibrationFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly List<BoardPoint> _points;
    private readonly List<DerivedBay> _bays = [];
    private readonly Dictionary<int, List<(DerivedBay Bay, int Source)>> _bySource = [];
    private IRawValueSink? _target;

    /// <param name="board">The board with the sensors; owned from now on.</param>
    /// <param name="options">What is derived; every bay that has all the sources gets it.</param>
    /// <param name="file">Where calibrations are kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where calibrations are told.</param>
    public OccupancyBoard(IBoard board, IReadOnlyList<OccupancyOptions> options, CalibrationFile file, TimeProvider time, ILogger log)
    {
        _board = board;
        _file = file;
        _time = time;
        _log = log;
        _points = [.. board.Points];
        foreach (var derived in options)
        {
            for (var asset = 0; asset < board.Assets.Count; asset++)
            {
                if (SourcesOf(board, asset, derived) is { } sources)
                {
                    Add(derived, asset, sources);
                }
            }
        }
    }

    public string Name => _board.Name;

    public IReadOnlyList<BoardAsset> Assets => _board.Assets;

    public IReadOnlyList<BoardPoint> Points => _points;

    /// <summary>The points of an asset that something is derived from, in the order of the options; null when it has not all of them.</summary>
    public static int[]? SourcesOf(IBoard board, int asset, OccupancyOptions options)
    {
        int[] sources = [.. options.Sources.Select(name => Enumerable.Range(0, board.Points.Count).FirstOrDefault(p => board.Points[p].Asset == asset && board.Points[p].Name == name, -1))];
        return sources.Contains(-1) ? null : sources;
    }

    public Task RunAsync(IRawValueSink sink, CancellationToken stopping)
    {
        lock (_gate)
        {
            // The agent begins anew and knows nothing.
            _target = sink;
            foreach (var bay in _bays)
            {
                bay.Told = null;
                Say(bay.CalibratePoint, bay.Tracker.IsCalibrating);
            }
        }

        return _board.RunAsync(new Sink(this, sink), stopping);
    }

    public RawValue Read(int point)
    {
        var value = _board.Read(point);
        Observe(value);
        return value;
    }

    public void Write(int point, double value)
    {
        if (point < _board.Points.Count)
        {
            _board.Write(point, value);
            return;
        }

        if (value is not (0 or 1) || _bays.Find(b => b.CalibratePoint == point) is not { } bay)
        {
            throw new ArgumentException($"point {_points[point].Name} cannot be set to {value}", nameof(value));
        }

        lock (_gate)
        {
            if (value == 1)
            {
                bay.Tracker.BeginCalibration();
                SamplingLog.CalibrationBegins(_log, bay.Name, bay.Options.Calibration);
            }
            else
            {
                bay.Tracker.EndCalibration();
            }

            Say(point, bay.Tracker.IsCalibrating);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _file.Save();
        }

        return _board.DisposeAsync();
    }

    private void Add(OccupancyOptions options, int asset, int[] sources)
    {
        var name = $"{Assets[asset].Id}/{options.Point}";
        var bay = new DerivedBay(options, name, _points.Count, new OccupancyTracker(options, _file.Find(name, sources.Length)));
        _points.Add(BoardPoint.Digital(asset, options.Point));
        _points.Add(BoardPoint.Digital(asset, options.CalibratePoint, settable: true));
        _bays.Add(bay);
        for (var source = 0; source < sources.Length; source++)
        {
            if (!_bySource.TryGetValue(sources[source], out var bays))
            {
                _bySource.Add(sources[source], bays = []);
            }

            bays.Add((bay, source));
        }
    }

    private void Observe(in RawValue value)
    {
        if (!_bySource.TryGetValue(value.Point, out var bays))
        {
            return;
        }

        lock (_gate)
        {
            foreach (var (bay, source) in bays)
            {
                Observe(bay, source, value);
            }
        }
    }

    private void Observe(DerivedBay bay, int source, in RawValue value)
    {
        var wasCalibrating = bay.Tracker.IsCalibrating;
        var derived = bay.Tracker.Take(source, value);
        if (bay.Tracker.Calibration is { } calibration)
        {
            var isNew = wasCalibrating && !bay.Tracker.IsCalibrating;
            if (isNew || bay.Options.DriftPerHour > 0)
            {
                _file.Set(bay.Name, calibration, isNew);
            }

            if (isNew)
            {
                SamplingLog.Calibrated(_log, bay.Name, string.Join(", ", calibration.Calibrated.Select(v => v.ToString("G6", CultureInfo.InvariantCulture))));
                Say(bay.CalibratePoint, false);
            }
        }

        if (derived is { } known && (bay.Told is not { } told || told.Value != known.Value || told.Quality != known.Quality))
        {
            bay.Told = known;
            _target?.Accept(known with { Point = bay.Point });
        }
    }

    private void Say(int point, bool value) => _target?.Accept(new RawValue(point, _time.GetUtcNow().ToUnixTimeMilliseconds(), value ? 1 : 0, RawQuality.Good));

    private sealed class Sink(OccupancyBoard board, IRawValueSink target) : IRawValueSink
    {
        public void Accept(in RawValue value)
        {
            target.Accept(value);
            board.Observe(value);
        }
    }

    /// <summary>A bay with a derived point; its calibrate point is the next one.</summary>
    private sealed class DerivedBay(OccupancyOptions options, string name, int point, OccupancyTracker tracker)
    {
        public OccupancyOptions Options => options;

        /// <summary>Asset and point.</summary>
        public string Name => name;

        public int Point => point;

        public int CalibratePoint => point + 1;

        public OccupancyTracker Tracker => tracker;

        /// <summary>What was delivered last to the agent that runs.</summary>
        public RawValue? Told { get; set; }
    }
}
