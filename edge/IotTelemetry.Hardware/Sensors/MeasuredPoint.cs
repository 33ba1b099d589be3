namespace IotTelemetry.Hardware.Sensors;

/// <summary>The points of one measured quantity, and the way of a normalised value to them.</summary>
internal sealed class MeasuredPoint
{
    private readonly MeasuredPointOptions _options;
    private readonly TimeProvider _time;
    private readonly BoardSink _sink;
    private readonly Threshold? _threshold;
    private double _last;

    private MeasuredPoint(MeasuredPointOptions options, BoardBuilder board, int asset, string unit, PointDelivery delivery)
    {
        _options = options;
        _time = board.Time;
        _sink = board.Sink;
        Point = board.Add(BoardPoint.Analog(asset, options.Point, options.Unit ?? unit, options.Resolution, options.Minimum, options.Maximum) with { Delivery = delivery });
        if (options.Threshold is { } threshold)
        {
            _threshold = new Threshold(threshold, board.Add(BoardPoint.Digital(asset, threshold.Point)), board.Sink);
        }
    }

    /// <summary>The analog point's index.</summary>
    public int Point { get; }

    public static MeasuredPoint Add(MeasuredPointOptions options, BoardBuilder board, int asset, string unit, PointDelivery delivery) =>
        new(options, board, asset, unit, delivery);

    /// <summary>A value for the one who asked; the derived point is pushed.</summary>
    public RawValue Measure(double normalised)
    {
        _last = _options.Calibrate(normalised);
        var value = new RawValue(Point, _time.GetUtcNow().ToUnixTimeMilliseconds(), _last, _options.Judge(_last));
        _threshold?.Take(value);
        return value;
    }

    /// <summary>A value to push, with the derived point.</summary>
    public void Push(double normalised, long timestampMs)
    {
        _last = _options.Calibrate(normalised);
        var value = new RawValue(Point, timestampMs, _last, _options.Judge(_last));
        _sink.Accept(value);
        _threshold?.Take(value);
    }

    /// <summary>The sensor did not answer: the derived point is no longer to be trusted, and the last value neither.</summary>
    public RawValue Fail()
    {
        var value = new RawValue(Point, _time.GetUtcNow().ToUnixTimeMilliseconds(), _last, RawQuality.Bad);
        _threshold?.Take(value);
        return value;
    }

    /// <summary>The agent began anew and knows nothing.</summary>
    public void Reset() => _threshold?.Reset();
}
