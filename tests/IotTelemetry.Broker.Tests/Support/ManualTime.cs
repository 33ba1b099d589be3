namespace IotTelemetry.Broker.Tests.Support;

/// <summary>A clock that goes on when it is told to; timers fire on the thread that tells it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Lets time pass in steps of at most a quarter of a second, so that periodic timers fire as often as they would.</summary>
    public void Advance(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(250);
        while (time > TimeSpan.Zero)
        {
            var next = time < step ? time : step;
            time -= next;
            ManualTimer[] due;
            lock (_gate)
            {
                _now += next;
                due = [.. _timers.Where(timer => timer.TakeDue(_now))];
            }

            foreach (var timer in due)
            {
                timer.Fire();
            }
        }
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        private DateTimeOffset? _dueAt;
        private TimeSpan _period;

        public void Fire() => fire();

        public bool TakeDue(DateTimeOffset now)
        {
            if (_dueAt is not { } dueAt || dueAt > now)
            {
                return false;
            }

            _dueAt = _period > TimeSpan.Zero ? now + _period : null;
            return true;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            _dueAt = dueTime == Timeout.InfiniteTimeSpan ? null : time.GetUtcNow() + dueTime;
            return true;
        }

        public void Dispose()
        {
            _dueAt = null;
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
