using IotTelemetry.Edge.Clock;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Framing;

/// <summary>
/// Gives readings their real time. While the time is not known and may soon be, they wait here and get the right one then; those that cannot wait say that their time is a guess. Per point times
/// rise strictly until the clock is set back, which begins a new epoch. Guarded by the <see cref="FrameBuilder"/>.
/// </summary>
internal sealed class ReadingStamper(IGatewayClock clock, int points)
{
    /// <summary>More readings do not wait.</summary>
    public const int MaximumWaiting = 20_000;

    private readonly Queue<(int Point, long SteadyMs, double Value, Quality Quality)> _waiting = new();
    private readonly long[] _last = NewTimes(points);
    private int _stepsBack = clock.StepsBack;

    /// <summary>Readings that wait for the time.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Whether the next reading may be earlier than those before, so that a new epoch has to begin; told once for each time.</summary>
    public bool TakeStepBack()
    {
        if (_stepsBack == clock.StepsBack)
        {
            return false;
        }

        _stepsBack = clock.StepsBack;
        BeginEpoch();
        return true;
    }

    /// <summary>A new epoch begins: times may start anew.</summary>
    public void BeginEpoch() => Array.Fill(_last, long.MinValue);

    /// <summary>True when the reading has to wait, if only behind others; it is kept then.</summary>
    public bool Keep(int point, long steadyMs, double value, Quality quality)
    {
        if (_waiting.Count == 0 && !clock.IsWaiting)
        {
            return false;
        }

        _waiting.Enqueue((point, steadyMs, value, quality));
        return true;
    }

    /// <summary>Takes a reading out that has waited long enough: because the time is known, will not be soon, or too many wait, or <paramref name="all"/> have to go.</summary>
    public bool TryTake(bool all, out (int Point, long SteadyMs, double Value, Quality Quality) reading)
    {
        reading = default;
        return (all || _waiting.Count > MaximumWaiting || !clock.IsWaiting) && _waiting.TryDequeue(out reading);
    }

    /// <summary>The real time of a reading, and its quality with it.</summary>
    public (long TimestampMs, Quality Quality) Stamp(int point, long steadyMs, Quality quality)
    {
        var timestampMs = Math.Max(clock.ToRealMs(steadyMs), _last[point] + 1);
        _last[point] = timestampMs;
        return (timestampMs, quality == Quality.Good && clock.Quality == ClockQuality.Unsynchronised ? Quality.UncertainClock : quality);
    }

    private static long[] NewTimes(int points)
    {
        var times = new long[points];
        Array.Fill(times, long.MinValue);
        return times;
    }
}
