using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Sampling;

/// <summary>Makes of a point's raw values what they mean: notices a stuck sensor, takes the median against spikes, scales. One caller at a time for a point; safe against others.</summary>
internal sealed class PointConditioner
{
    private readonly PointRule _rule;
    private readonly StuckDetector? _stuck;
    private readonly MedianWindow? _median;
    private readonly Lock _gate = new();

    private PointConditioner(PointRule rule, bool isAnalog)
    {
        _rule = rule;
        _stuck = isAnalog && rule.StuckAfter is { } after ? new StuckDetector(after) : null;
        _median = isAnalog && rule.MedianOf > 1 ? new MedianWindow(rule.MedianOf) : null;
    }

    /// <summary>The conditioner of a point; null when its raw values are taken as they are.</summary>
    public static PointConditioner? For(BoardPoint point, PointRule rule)
    {
        var conditioner = new PointConditioner(rule, point.Kind == PointKind.Analog);
        return conditioner is { _stuck: null, _median: null } && rule is { Scale: 1, Offset: 0 } ? null : conditioner;
    }

    /// <summary>The point as it is after conditioning: unit, range and resolution belong to the scaled value.</summary>
    public static BoardPoint Describe(BoardPoint point, PointRule rule)
    {
        var (low, high) = (Scaled(point.Minimum, rule), Scaled(point.Maximum, rule));
        return point with
        {
            Unit = rule.Unit ?? point.Unit,
            Resolution = point.Resolution * Math.Abs(rule.Scale),
            Minimum = Math.Min(low, high),
            Maximum = Math.Max(low, high),
        };
    }

    public RawValue Condition(in RawValue raw)
    {
        lock (_gate)
        {
            var quality = _stuck?.IsStuck(raw) == true ? RawQuality.Bad : raw.Quality;
            var value = raw.Value;
            if (quality == RawQuality.Bad)
            {
                _median?.Clear();
            }
            else if (_median is not null)
            {
                value = _median.Add(value);
            }

            return raw with { Value = (value * _rule.Scale) + _rule.Offset, Quality = quality };
        }
    }

    // The bounds of a point without any stay what they are.
    private static double Scaled(double bound, PointRule rule) => Math.Abs(bound) >= BoardPoint.NoLimit ? bound * Math.Sign(rule.Scale) : (bound * rule.Scale) + rule.Offset;
}
