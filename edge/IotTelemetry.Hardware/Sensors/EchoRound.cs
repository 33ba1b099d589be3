using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Lets the ultrasonic sensors of a board measure one after the other.</summary>
internal sealed class EchoRound : ILoopTask
{
    /// <summary>
    /// HC-SR04 user guides ask for more than 60 ms between measurements, so that a late echo is not taken for the next one's; JSN-SR04T holds its echo line
    /// for 60 ms when none comes.
    /// </summary>
    public static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(70);

    private readonly List<UltrasonicSensor> _sensors = [];

    public void Add(UltrasonicSensor sensor) => _sensors.Add(sensor);

    /// <inheritdoc/>
    public void Start(EpollLoop loop)
    {
        if (_sensors.Count > 0)
        {
            loop.After(Slot, () => Fire(loop, 0));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Fire(EpollLoop loop, int index)
    {
        var sensor = _sensors[index];
        sensor.Fire();
        loop.After(Slot, () =>
        {
            sensor.TimeOut();
            var next = (index + 1) % _sensors.Count;
            if (next != 0)
            {
                Fire(loop, next);
                return;
            }

            // A round begins as often as the most eager sensor asks, but never before the last round is over.
            var rest = _sensors.Min(s => s.Interval) - (Slot * _sensors.Count);
            loop.After(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, () => Fire(loop, 0));
        });
    }
}
