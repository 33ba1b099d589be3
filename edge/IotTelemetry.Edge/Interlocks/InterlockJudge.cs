using System.Globalization;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>
/// Says whether a point may be switched, and remembers what was switched. What it does not know it takes for the worse: an output never seen counts as on in its groups, an input that cannot
/// be read holds its assets, a time that is not known began when the agent started. Thread-safe; <see cref="Begin"/> follows a free <see cref="Judge"/> under one lock of the caller.
/// </summary>
internal sealed class InterlockJudge : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly SwitchPlan _plan;
    private readonly LiveBoard _board;
    private readonly LockoutBook _lockouts;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, SwitchState> _states = [];
    private readonly Dictionary<int, List<(int Point, Feedback Feedback)>> _feedbackOf = [];

    /// <summary>A judge who knows what the journal says of earlier switchings.</summary>
    public InterlockJudge(SwitchPlan plan, LiveBoard board, LockoutBook lockouts, IReadOnlyCollection<PastSwitch> past, TimeProvider time)
    {
        _plan = plan;
        _board = board;
        _lockouts = lockouts;
        _time = time;
        var now = time.GetTimestamp();
        foreach (var point in plan.Settable.Select(p => p.Index).Concat(plan.Groups.SelectMany(g => g.Members).Select(m => m.Point)))
        {
            _states.TryAdd(point, new SwitchState { Since = now, SeenOnAt = now });
        }

        foreach (var (point, feedback) in plan.Settable.Select(p => (p.Index, p.Feedback)))
        {
            if (feedback is not null)
            {
                (_feedbackOf.TryGetValue(feedback.Source, out var points) ? points : _feedbackOf[feedback.Source] = []).Add((point, feedback));
            }
        }

        foreach (var it in past)
        {
            Recall(it, now);
        }

        board.Observed += OnObserved;
    }

    /// <summary>Whether <paramref name="point"/> may be set to <paramref name="value"/> now.</summary>
    public Verdict Judge(SwitchPoint point, double value, CommandOrigin origin)
    {
        if (Held(point, origin) is { } held)
        {
            return held;
        }

        lock (_gate)
        {
            var state = _states[point.Index];
            var on = value != 0;
            if (state.IsOn == on)
            {
                return Verdict.Free;
            }

            return on ? JudgeOn(point, state) : JudgeOff(point, state);
        }
    }

    /// <summary>The point is about to be set; from now on its groups count it as on.</summary>
    public void Begin(SwitchPoint point, double value)
    {
        lock (_gate)
        {
            var state = _states[point.Index];
            state.IsMoving = true;
            if (value != 0 && state.IsOn != true)
            {
                state.Starts.Enqueue(_time.GetTimestamp());
            }
        }
    }

    /// <summary>The point was set.</summary>
    /// <param name="point">The point.</param>
    /// <param name="value">Its value; null when the board failed, and it is not known what it has.</param>
    public void End(SwitchPoint point, double? value)
    {
        lock (_gate)
        {
            var state = _states[point.Index];
            state.IsMoving = false;
            Become(state, value is { } set ? set != 0 : null);
        }
    }

    public void Dispose() => _board.Observed -= OnObserved;

    private Verdict? Held(SwitchPoint point, CommandOrigin origin)
    {
        if (_lockouts.HoldOn(point.Asset) is { } hold)
        {
            return new Verdict(CommandCode.Lockout, hold);
        }

        foreach (var input in point.Inputs)
        {
            if (input.Effect == HoldEffect.LocalControl && origin == CommandOrigin.Local)
            {
                continue;
            }

            var value = _board.Last(input.Point);
            var isReadable = value is { Quality: RawQuality.Good };
            if (!isReadable || (value!.Value.Value != 0) == input.When)
            {
                return new Verdict(input.Effect == HoldEffect.Lockout ? CommandCode.Lockout : CommandCode.LocalControl, $"{input.Address} {(isReadable ? "says so" : "cannot be read")}");
            }
        }

        return null;
    }

    private Verdict JudgeOff(SwitchPoint point, SwitchState state) => TooShort("on", _time.GetElapsedTime(state.Since), point.Limits.MinimumOn) ?? Verdict.Free;

    private Verdict JudgeOn(SwitchPoint point, SwitchState state)
    {
        if (TooShort("off", _time.GetElapsedTime(state.Since), point.Limits.MinimumOff) is { } tooShort)
        {
            return tooShort;
        }

        while (state.Starts.TryPeek(out var first) && _time.GetElapsedTime(first) >= Hour)
        {
            state.Starts.Dequeue();
        }

        if (state.Starts.Count >= point.Limits.StartsPerHour)
        {
            var next = Hour - _time.GetElapsedTime(state.Starts.ElementAt(state.Starts.Count - point.Limits.StartsPerHour.Value));
            return new Verdict(CommandCode.RateLimit, Text($"{state.Starts.Count} starts within the last hour, {point.Limits.StartsPerHour} are allowed; the next in {next.TotalSeconds:F0} s"));
        }

        return JudgeGroups(point);
    }

    private Verdict JudgeGroups(SwitchPoint point)
    {
        var wait = TimeSpan.Zero;
        foreach (var group in point.Groups)
        {
            foreach (var member in group.Members)
            {
                if (member.Point == point.Index)
                {
                    continue;
                }

                if (WhyOn(member) is { } why)
                {
                    return new Verdict(CommandCode.Interlock, $"group {group.Name}: {member.Address} {why}");
                }

                var left = group.Gap - _time.GetElapsedTime(_states[member.Point].SeenOnAt);
                wait = left > wait ? left : wait;
            }
        }

        return new Verdict(CommandCode.Ok, wait > TimeSpan.Zero ? Text($"break before make: {wait.TotalMilliseconds:F0} ms to wait") : null, wait);
    }

    /// <summary>Why a member of a group counts as on; null when it is off for certain.</summary>
    private string? WhyOn(GroupMember member)
    {
        var state = _states[member.Point];
        if (state.IsMoving)
        {
            return "is being switched";
        }

        if (state.IsOn != false)
        {
            return state.IsOn == true ? "is on" : "may be on, its state is not known";
        }

        if (_board.Last(member.Point) is { } own && !Feedback.IsUsable(own.Quality))
        {
            return "may be on, it cannot be read";
        }

        if (member.Feedback is not { } feedback)
        {
            return null;
        }

        return _board.Last(feedback.Source) is not { } seen || !Feedback.IsUsable(seen.Quality) ? $"may be on, {feedback.SourceAddress} cannot be read"
            : feedback.Shows(0, seen.Value) ? null
            : $"is off, but {feedback.SourceAddress} shows otherwise";
    }

    private static Verdict? TooShort(string state, TimeSpan elapsed, TimeSpan minimum) =>
        elapsed >= minimum ? null
        : new Verdict(CommandCode.MinimumTime, Text($"{state} for {elapsed.TotalSeconds:F1} s of at least {minimum.TotalSeconds:F1} s; allowed in {(minimum - elapsed).TotalSeconds:F1} s"));

    private void Become(SwitchState state, bool? on)
    {
        if (state.IsOn != on)
        {
            state.IsOn = on;
            state.Since = _time.GetTimestamp();
            state.SeenOnAt = state.Since;
        }
    }

    // What the board says of an output is what is so: a chip that comes back starts with other values than were set last.
    private void OnObserved(int point, LiveValue value)
    {
        var isState = _states.TryGetValue(point, out var state);
        var isFeedback = _feedbackOf.TryGetValue(point, out var fed);
        if (!isState && !isFeedback)
        {
            return;
        }

        var isUsable = Feedback.IsUsable(value.Quality);
        lock (_gate)
        {
            if (isState && (state!.IsUnreadable || !isUsable))
            {
                // It may have been on until now.
                state.IsUnreadable = !isUsable;
                state.SeenOnAt = _time.GetTimestamp();
            }

            if (isState && isUsable && !state!.IsMoving && state.IsOn != (value.Value != 0))
            {
                if (value.Value != 0 && state.IsOn == false)
                {
                    state.Starts.Enqueue(_time.GetTimestamp());
                }

                Become(state, value.Value != 0);
            }

            foreach (var (shown, feedback) in isFeedback ? fed! : [])
            {
                // Each sign of being on, and the moment it ends, puts the gap off.
                var wasShownOn = _states[shown].IsShownOn;
                _states[shown].IsShownOn = !isUsable || !feedback.Shows(0, value.Value);
                if (wasShownOn || _states[shown].IsShownOn)
                {
                    _states[shown].SeenOnAt = _time.GetTimestamp();
                }
            }
        }
    }

    private void Recall(PastSwitch past, long now)
    {
        if (_plan.Find(past.Asset, past.Point) is not { } point)
        {
            return;
        }

        var state = _states[point.Index];
        var at = past.Age is { } age ? now - (long)(age.TotalSeconds * _time.TimestampFrequency) : now;
        state.IsOn = past.On;
        state.Since = at;
        state.SeenOnAt = past.On ? now : at;
        if (past.On)
        {
            state.Starts.Enqueue(at);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
