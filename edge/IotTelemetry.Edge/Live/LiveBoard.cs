using IotTelemetry.Edge.Sampling;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Live;

/// <summary>
/// The board as the agent knows it: every value that passes is remembered, so that interlocks and feedback look at what is, and not at what was worth reporting; and points of the agent's
/// own follow the board's. What cannot be read, or was not read for too long, is bad. Thread-safe.
/// </summary>
internal sealed class LiveBoard : IBoard
{
    private readonly IBoard _inner;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly LiveValue?[] _last;
    private readonly IReadOnlyList<PointRule>? _rules;
    private readonly int _boardPoints;
    private IRawValueSink? _sink;

    /// <summary>A board with further points of the agent's own behind its own points.</summary>
    /// <param name="inner">The board; disposed with this.</param>
    /// <param name="time">The timeline that readings are taken on.</param>
    /// <param name="own">Pushed points of the agent's own; they are 0 until <see cref="Report"/> says otherwise.</param>
    /// <param name="rules">One rule for each of the board's points, which says how long a polled value is believed; null: for ever.</param>
    public LiveBoard(IBoard inner, TimeProvider time, IReadOnlyList<BoardPoint>? own = null, IReadOnlyList<PointRule>? rules = null)
    {
        _rules = rules;
        _inner = inner;
        _time = time;
        _boardPoints = inner.Points.Count;
        Points = own is null or [] ? inner.Points : [.. inner.Points, .. own];
        _last = new LiveValue?[Points.Count];
        for (var point = _boardPoints; point < _last.Length; point++)
        {
            _last[point] = Now(0);
        }
    }

    /// <summary>Raised for every value, on the thread that brought it, after it is remembered. Handlers must be quick and must not throw.</summary>
    public event Action<int, LiveValue>? Observed;

    public string Name => _inner.Name;

    public IReadOnlyList<BoardAsset> Assets => _inner.Assets;

    public IReadOnlyList<BoardPoint> Points { get; }

    /// <summary>What a point showed last; null before the first value.</summary>
    public LiveValue? Last(int point)
    {
        LiveValue? last;
        lock (_gate)
        {
            last = _last[point];
        }

        return last is { } value && IsTooOld(point, value) ? value with { Quality = RawQuality.Bad } : last;
    }

    /// <summary>The last value as commands speak of it; null before the first and while it cannot be trusted.</summary>
    public PointValue? Value(int point) =>
        Last(point) is not { Quality: RawQuality.Good } last ? null
        : Points[point].Kind == PointKind.Digital ? PointValue.Of(last.Value != 0)
        : double.IsFinite(last.Value) ? PointValue.Of(last.Value)
        : null;

    public async Task RunAsync(IRawValueSink sink, CancellationToken stopping)
    {
        lock (_gate)
        {
            _sink = sink;
        }

        for (var point = _boardPoints; point < Points.Count; point++)
        {
            sink.Accept(new RawValue(point, _time.GetUtcNow().ToUnixTimeMilliseconds(), Last(point)!.Value.Value, RawQuality.Good));
        }

        try
        {
            await _inner.RunAsync(new Tee(this, sink), stopping);
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            RememberPushedAsBad();
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _sink = null;
            }
        }
    }

    public RawValue Read(int point)
    {
        var began = _time.GetTimestamp();
        try
        {
            var value = _inner.Read(point);
            Remember(value, began);
            return value;
        }
        catch (Exception)
        {
            // Whatever a driver throws.
            MarkBad(point);
            throw;
        }
    }

    /// <summary>A point gives nothing: it has failed, or its read does not come back. What it showed last says nothing any more.</summary>
    public void MarkBad(int point) => Remember(new RawValue(point, _time.GetUtcNow().ToUnixTimeMilliseconds(), Last(point)?.Value ?? 0, RawQuality.Bad), _time.GetTimestamp());

    public void Write(int point, double value) => _inner.Write(point, value);

    /// <summary>Sets one of the agent's own points.</summary>
    public void Report(int point, double value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(point, _boardPoints);
        var raw = new RawValue(point, _time.GetUtcNow().ToUnixTimeMilliseconds(), value, RawQuality.Good);
        Remember(raw, _time.GetTimestamp());
        IRawValueSink? sink;
        lock (_gate)
        {
            sink = _sink;
        }

        sink?.Accept(raw);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private void Remember(in RawValue value, long at)
    {
        var live = new LiveValue(value.Value, value.Quality, value.TimestampMs, at);
        lock (_gate)
        {
            _last[value.Point] = live;
        }

        Observed?.Invoke(value.Point, live);
    }

    // The driver that pushes is gone: what it pushed last says nothing any more.
    private void RememberPushedAsBad()
    {
        for (var point = 0; point < _boardPoints; point++)
        {
            if (Points[point].Delivery == PointDelivery.Pushed && Last(point) is not null)
            {
                MarkBad(point);
            }
        }
    }

    private bool IsTooOld(int point, in LiveValue value) =>
        _rules is not null && point < _boardPoints && Points[point].Delivery == PointDelivery.Polled && _time.GetElapsedTime(value.At) > _rules[point].BelievedFor;

    private LiveValue Now(double value) => new(value, RawQuality.Good, _time.GetUtcNow().ToUnixTimeMilliseconds(), _time.GetTimestamp());

    private sealed class Tee(LiveBoard board, IRawValueSink sink) : IRawValueSink
    {
        public void Accept(in RawValue value)
        {
            board.Remember(value, board._time.GetTimestamp());
            sink.Accept(value);
        }
    }
}
