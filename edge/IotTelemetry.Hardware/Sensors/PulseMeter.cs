using IotTelemetry.Hardware.Gpio;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Counts the edges of a GPIO line; a pulse is an edge to logical 1.</summary>
internal sealed class PulseMeter : Meter, ILineHandler
{
    private readonly GpioEventClock _clock;
    private bool _level;
    private bool _levelKnown;

    private PulseMeter(PulseMeterOptions options, BoardBuilder board, int asset)
        : base(options, board, asset) => _clock = board.Options.EventClock;

    /// <inheritdoc/>
    protected override long NowNs => _clock == GpioEventClock.Realtime ? KernelClock.RealtimeNs : KernelClock.MonotonicNs;

    public static void Build(PulseMeterOptions options, GpioLineOptions line, BoardBuilder board, int asset)
    {
        var meter = new PulseMeter(options, board, asset);
        board.Lines.Add(new BoardLine(line, meter.Use, meter));
    }

    /// <inheritdoc/>
    public void OnHeld(bool value, long timestampMs)
    {
        lock (Gate)
        {
            // Pulses while the line was not held are gone, and nobody can say how many.
            Doubtful |= _levelKnown && !Available;
            Available = true;
            _level = value;
            _levelKnown = true;
            LastPulseNs = 0;
        }
    }

    /// <inheritdoc/>
    public void OnEdge(bool value, long timestampNs, long timestampMs, uint lost)
    {
        lock (Gate)
        {
            // Edges alternate, so the kernel's count of lost ones tells exactly how many pulses were among them.
            var pulses = PulseArithmetic.Pulses(_level, value, lost);
            _level = value;
            if (pulses == 0)
            {
                return;
            }

            if (LastPulseNs != 0 && timestampNs > LastPulseNs)
            {
                PeriodNs = (timestampNs - LastPulseNs) / pulses;
            }

            LastPulseNs = timestampNs;
            Store(pulses);
        }
    }

    /// <inheritdoc/>
    public void OnReleased(long timestampMs)
    {
        lock (Gate)
        {
            Available = false;
        }
    }
}
