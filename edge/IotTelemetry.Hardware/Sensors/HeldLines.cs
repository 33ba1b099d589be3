using IotTelemetry.Hardware.Gpio;
using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>One kernel request with its lines: empties the event buffer, or reads the values where the chip gives no interrupts.</summary>
internal sealed class HeldLines : IEpollHandler
{
    /// <summary>Edges handled before other descriptors get their turn; as many as the kernel buffers at most.</summary>
    private const int EdgesPerTurn = 1024;
    private const int BatchSize = 64;

    private readonly ChipLines _owner;
    private readonly GpioEventClock _clock;
    private readonly IReadOnlyList<BoardLine> _lines;
    private readonly GpioEdge[] _edges = new GpioEdge[BatchSize];
    private ulong _polled;

    public HeldLines(ChipLines owner, GpioLineRequest request, IReadOnlyList<BoardLine> lines, GpioEventClock clock)
    {
        _owner = owner;
        Request = request;
        _lines = lines;
        _clock = clock;
    }

    public GpioLineRequest Request { get; }

    public IReadOnlyList<BoardLine> Lines => _lines;

    public long LoopKey { get; set; }

    /// <summary>How often the lines are read; null when they give edges.</summary>
    public TimeSpan? Poll => _lines[0].Options.Poll;

    /// <summary>Tells every handler its line's present value.</summary>
    /// <exception cref="LinuxException">The chip is gone.</exception>
    public void Announce()
    {
        _polled = Request.Get();
        var nowMs = KernelClock.RealtimeNs / 1_000_000;
        for (var i = 0; i < _lines.Count; i++)
        {
            _lines[i].Handler.OnHeld((_polled & (1UL << i)) != 0, nowMs);
        }
    }

    /// <inheritdoc/>
    public void OnReady(bool hungUp)
    {
        try
        {
            if (hungUp)
            {
                throw new LinuxException($"waiting for {_lines[0].Options}", Errno.NoDevice);
            }

            Drain();
        }
        catch (LinuxException e)
        {
            _owner.Lost(this, e);
        }
    }

    /// <summary>Compares the lines with what they were and tells of changes.</summary>
    /// <exception cref="LinuxException">The chip is gone.</exception>
    public void ReadValues()
    {
        var values = Request.Get();
        var changed = values ^ _polled;
        _polled = values;
        if (changed == 0)
        {
            return;
        }

        var realNs = KernelClock.RealtimeNs;
        var stampNs = _clock == GpioEventClock.Realtime ? realNs : KernelClock.MonotonicNs;
        for (var i = 0; i < _lines.Count; i++)
        {
            if ((changed & (1UL << i)) != 0)
            {
                _lines[i].Handler.OnEdge((values & (1UL << i)) != 0, stampNs, realNs / 1_000_000, 0);
            }
        }
    }

    private void Drain()
    {
        var toRealNs = _clock == GpioEventClock.Realtime ? 0 : KernelClock.RealtimeMinusMonotonicNs;
        var lostBefore = Request.EdgesLost;
        int count;
        var handled = 0;
        do
        {
            count = Request.ReadEdges(_edges);
            for (var i = 0; i < count; i++)
            {
                ref readonly var edge = ref _edges[i];
                _lines[edge.Line].Handler.OnEdge(edge.Value, edge.TimestampNs, (edge.TimestampNs + toRealNs) / 1_000_000, edge.Lost);
            }

            handled += count;
        }
        while (count == BatchSize && handled < EdgesPerTurn);
        _owner.CountEdges(handled, Request.EdgesLost - lostBefore);
    }
}
