using IotTelemetry.Hardware.Linux;

namespace IotTelemetry.Hardware.Sensors;

/// <summary>Joins a coil, two contacts and their judgement to the points <c>state</c>, <c>closed</c> and <c>fault</c>.</summary>
internal sealed class Contactor : ILoopTask
{
    private readonly Lock _gate = new();
    private readonly ContactorMonitor _monitor;
    private readonly BoardBuilder _board;
    private readonly string _use;
    private readonly int _closed;
    private readonly int _fault;
    private EpollLoop? _loop;
    private bool _lastClosed;
    private string? _lastFault;

    private Contactor(ContactorOptions options, BoardBuilder board, int asset)
    {
        _board = board;
        _use = board.Use(asset, "state");
        _monitor = new ContactorMonitor(options.TravelTime);
        _closed = board.Add(BoardPoint.Digital(asset, "closed"));
        _fault = board.Add(BoardPoint.Digital(asset, "fault"));
    }

    public static void Build(ContactorOptions options, BoardBuilder board, int asset)
    {
        var state = board.Add(BoardPoint.Digital(asset, "state", settable: true));
        var contactor = new Contactor(options, board, asset);
        var coilPoint = new DigitalPoint(state, board.Sink);
        var coil = new BoardLine(options.Coil, contactor._use, new CoilHandler(contactor, coilPoint))
        {
            IsOutput = true,
            Initial = options.Initial,
            Safe = options.Safe,
        };
        board.Lines.Add(coil);
        board.Lines.Add(new BoardLine(options.NormallyOpen, board.Use(asset, "closed (NO)"), new ContactHandler(contactor, contactor._monitor.NormallyOpen)));
        if (options.NormallyClosed is { } normallyClosed)
        {
            contactor._monitor.ExpectNormallyClosed();
            board.Lines.Add(new BoardLine(normallyClosed, board.Use(asset, "closed (NC)"), new ContactHandler(contactor, contactor._monitor.NormallyClosed)));
        }

        board.Tasks.Add(contactor);
        board.Outputs.Add(state, new DigitalOutput(coilPoint, contactor._use, coil, board.Time, closed =>
            contactor.Observe(nowMs => contactor._monitor.Command(closed, nowMs), contactor.NowMs)));
    }

    /// <inheritdoc/>
    public void Start(EpollLoop loop) => _loop = loop;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private long NowMs => _board.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Observe(Action<long> observation, long timestampMs)
    {
        lock (_gate)
        {
            observation(timestampMs);
            Report(timestampMs);
            if (_monitor.DeadlineMs is { } deadline)
            {
                var wait = TimeSpan.FromMilliseconds(Math.Max(1, deadline - NowMs));

                // From any thread: a command comes on the agent's.
                _loop?.Post(() => _loop.After(wait, () => Observe(_monitor.Judge, NowMs)));
            }
        }
    }

    private void Report(long timestampMs)
    {
        if (_monitor.State == ContactorState.Unknown)
        {
            _board.Sink.Accept(new RawValue(_closed, timestampMs, _lastClosed ? 1 : 0, RawQuality.Bad));
            return;
        }

        // While the contacts say neither, the last position stands.
        _lastClosed = _monitor.IsClosed ?? _lastClosed;
        var contradicted = _monitor.State == ContactorState.Contradiction;
        _board.Sink.Accept(new RawValue(_closed, timestampMs, _lastClosed ? 1 : 0, contradicted ? RawQuality.Uncertain : RawQuality.Good));
        _board.Sink.Accept(new RawValue(_fault, timestampMs, _monitor.Fault is null ? 0 : 1, RawQuality.Good));
        if (_monitor.Fault != _lastFault)
        {
            _lastFault = _monitor.Fault;
            if (_lastFault is null)
            {
                BoardLog.ContactorAgrees(_board.Logger, _use);
            }
            else
            {
                BoardLog.ContactorFault(_board.Logger, _use, _lastFault);
            }
        }
    }

    private sealed class CoilHandler(Contactor contactor, DigitalPoint state) : ILineHandler
    {
        public void OnHeld(bool value, long timestampMs)
        {
            state.OnHeld(value, timestampMs);
            contactor.Observe(nowMs => contactor._monitor.Command(value, nowMs), timestampMs);
        }

        public void OnEdge(bool value, long timestampNs, long timestampMs, uint lost)
        {
            // Outputs give no edges.
        }

        public void OnReleased(long timestampMs) => state.OnReleased(timestampMs);
    }

    private sealed class ContactHandler(Contactor contactor, Action<bool?, long> observe) : ILineHandler
    {
        public void OnHeld(bool value, long timestampMs) => contactor.Observe(nowMs => observe(value, nowMs), timestampMs);

        public void OnEdge(bool value, long timestampNs, long timestampMs, uint lost) => contactor.Observe(nowMs => observe(value, nowMs), timestampMs);

        public void OnReleased(long timestampMs) => contactor.Observe(nowMs => observe(null, nowMs), timestampMs);
    }
}
