namespace IotTelemetry.Edge.Supervision;

/// <summary>Whether the agent's loops still go round. Thread-safe.</summary>
internal sealed class Liveness(TimeProvider time)
{
    /// <summary>How late a loop may be before it counts as stuck: a flash card at its worst writes for seconds, and so does a bus with a device that stretches its clock.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<Pulse> _pulses = [];

    /// <summary>The loop that is stuck, the latest first; null when all go round.</summary>
    public Pulse? Stuck
    {
        get
        {
            lock (_gate)
            {
                var latest = _pulses.MaxBy(p => p.Late);
                return latest is not null && latest.Late > Patience ? latest : null;
            }
        }
    }

    /// <summary>A pulse for one more loop; it rests until the loop speaks.</summary>
    public Pulse Add(string name)
    {
        var pulse = new Pulse(name, time);
        lock (_gate)
        {
            _pulses.Add(pulse);
        }

        return pulse;
    }
}
