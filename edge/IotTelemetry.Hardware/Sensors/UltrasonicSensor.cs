using System.Diagnostics;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>One ultrasonic sensor: fires the trigger and takes the echo's two edges. On the board's loop.</summary>
internal sealed class UltrasonicSensor : ILineHandler
{
    /// <summary>HC-SR04 asks for 10 us at least, JSN-SR04T for 20 us in some of its revisions.</summary>
    private static readonly long TriggerTicks = Stopwatch.Frequency * 20 / 1_000_000;

    private readonly UltrasonicOptions _options;
    private readonly BoardBuilder _board;
    private readonly MeasuredPoint _measured;
    private readonly double[] _distances;
    private readonly double[] _sorted;
    private int _count;
    private int _missed;
    private long _roseNs;
    private bool _waiting;

    public UltrasonicSensor(UltrasonicOptions options, BoardBuilder board, int asset, MeasuredPoint measured)
    {
        _options = options;
        _board = board;
        _measured = measured;
        _distances = new double[options.Median];
        _sorted = new double[options.Median];
        TriggerLine = new BoardLine(options.Trigger, board.Use(asset, "trigger"), new IgnoredLine()) { IsOutput = true, Initial = false, Safe = false };
    }

    public BoardLine TriggerLine { get; }

    public TimeSpan Interval => _options.Interval;

    /// <summary>Starts a measurement.</summary>
    public void Fire()
    {
        if (!TriggerLine.IsHeld)
        {
            Miss();
            return;
        }

        try
        {
            _roseNs = 0;
            _waiting = true;
            TriggerLine.Set(true);
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetTimestamp() - start < TriggerTicks)
            {
                // 20 us: shorter than any sleep the kernel offers.
            }

            TriggerLine.Set(false);
        }
        catch (IOException)
        {
            // The chip is going; whoever holds its lines reports it.
            _waiting = false;
            Miss();
        }
    }

    /// <summary>The time for an echo is over.</summary>
    public void TimeOut()
    {
        if (_waiting)
        {
            _waiting = false;
            Miss();
        }
    }

    /// <inheritdoc/>
    public void OnHeld(bool value, long timestampMs) => _measured.Reset();

    /// <inheritdoc/>
    public void OnEdge(bool value, long timestampNs, long timestampMs, uint lost)
    {
        if (!_waiting)
        {
            return;
        }

        if (value)
        {
            _roseNs = timestampNs;
        }
        else if (_roseNs != 0)
        {
            _waiting = false;
            Take(EchoTiming.DistanceMm(timestampNs - _roseNs, _options.AirTemperature), timestampMs, lost);
        }
    }

    /// <inheritdoc/>
    public void OnReleased(long timestampMs)
    {
        _waiting = false;
        _board.Sink.Accept(_measured.Fail());
    }

    private void Take(double distanceMm, long timestampMs, uint lost)
    {
        // Without one of its edges the time is another echo's; beyond the range it is the sensor's own time-out (HC-SR04: 38 ms), not an echo.
        if (lost > 0 || distanceMm > _options.Measured.Maximum)
        {
            Miss();
            return;
        }

        _missed = 0;
        _distances[_count % _distances.Length] = distanceMm;
        _count++;
        var filled = Math.Min(_count, _distances.Length);
        _distances.AsSpan(0, filled).CopyTo(_sorted);
        _measured.Push(EchoTiming.Median(_sorted.AsSpan(0, filled)), timestampMs);
    }

    private void Miss()
    {
        _board.Counters.EchoesMissed++;
        if (++_missed == _distances.Length)
        {
            // As many in a row as the median swallows: the sensor is blind, not unlucky.
            _count = 0;
            _board.Sink.Accept(_measured.Fail());
        }
    }
}
