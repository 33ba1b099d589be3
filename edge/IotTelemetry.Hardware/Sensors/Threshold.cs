namespace IotTelemetry.Hardware.Sensors;

/// <summary>Derives a digital point from measured values. One caller at a time.</summary>
internal sealed class Threshold(ThresholdOptions options, int point, IRawValueSink sink)
{
    private bool? _value;
    private RawQuality _quality = RawQuality.Bad;

    /// <summary>Takes a measured value; delivers the derived one when it or its quality changed.</summary>
    public void Take(in RawValue measured)
    {
        var value = measured.Quality == RawQuality.Bad ? _value : Decide(measured.Value);
        if (value is { } known && (value != _value || measured.Quality != _quality))
        {
            _value = value;
            _quality = measured.Quality;
            sink.Accept(new RawValue(point, measured.TimestampMs, known ? 1 : 0, measured.Quality));
        }
    }

    /// <summary>Forgets what was delivered, so that the next value is delivered whatever it is: the agent began anew.</summary>
    public void Reset() => _quality = (RawQuality)byte.MaxValue;

    private bool Decide(double measured)
    {
        var beyond = options.Above ? measured - options.Limit : options.Limit - measured;
        return beyond > 0 || (_value == true && beyond > -options.Hysteresis);
    }
}
