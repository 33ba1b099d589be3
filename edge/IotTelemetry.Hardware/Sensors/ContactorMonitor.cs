namespace IotTelemetry.Hardware.Sensors;

/// <summary>
/// Judges a contactor by its coil and its contacts. Anything that puts coil and contacts out of step starts the travel time; only when that has passed
/// is it a fault, and the fault ends by itself when they agree (a late contact is reported late, not hidden).
/// </summary>
internal sealed class ContactorMonitor(TimeSpan travelTime)
{
    private bool _commanded;
    private bool? _normallyOpen;
    private bool? _normallyClosed;
    private bool _hasNormallyClosed;
    private long? _outOfStepSinceMs;

    /// <summary>The present judgement.</summary>
    public ContactorState State { get; private set; }

    /// <summary>When the judgement changes by itself, Unix milliseconds; null when it does not.</summary>
    public long? DeadlineMs => State == ContactorState.Moving ? _outOfStepSinceMs + (long)travelTime.TotalMilliseconds : null;

    /// <summary>True when the contacts say closed; null while they say neither.</summary>
    public bool? IsClosed => (_normallyOpen, _hasNormallyClosed ? _normallyClosed : !_normallyOpen) switch
    {
        (true, false) => true,
        (false, true) => false,
        _ => null,
    };

    /// <summary>The fault in words; null when there is none.</summary>
    public string? Fault => State switch
    {
        ContactorState.NotFollowed => _commanded ? "commanded closed, contacts stay open" : "commanded open, contacts stay closed",
        ContactorState.Contradiction => _normallyOpen == true ? "both auxiliary contacts are closed" : "both auxiliary contacts are open",
        _ => null,
    };

    /// <summary>The coil was set.</summary>
    public void Command(bool closed, long nowMs)
    {
        if (_commanded != closed)
        {
            _commanded = closed;

            // A new movement gets its own travel time.
            _outOfStepSinceMs = null;
        }

        Judge(nowMs);
    }

    /// <summary>The normally-open contact; null when its line is not held.</summary>
    public void NormallyOpen(bool? closed, long nowMs)
    {
        _normallyOpen = closed;
        Judge(nowMs);
    }

    /// <summary>The normally-closed contact; null when its line is not held.</summary>
    public void NormallyClosed(bool? closed, long nowMs)
    {
        _hasNormallyClosed = true;
        _normallyClosed = closed;
        Judge(nowMs);
    }

    /// <summary>Declares that there is a normally-closed contact, before it is read for the first time.</summary>
    public void ExpectNormallyClosed() => _hasNormallyClosed = true;

    /// <summary>Time went by.</summary>
    public void Judge(long nowMs)
    {
        if (_normallyOpen is null || (_hasNormallyClosed && _normallyClosed is null))
        {
            _outOfStepSinceMs = null;
            State = ContactorState.Unknown;
        }
        else if (IsClosed == _commanded)
        {
            _outOfStepSinceMs = null;
            State = _commanded ? ContactorState.Closed : ContactorState.Open;
        }
        else
        {
            _outOfStepSinceMs ??= nowMs;
            State = nowMs - _outOfStepSinceMs < (long)travelTime.TotalMilliseconds ? ContactorState.Moving
                : IsClosed is null ? ContactorState.Contradiction
                : ContactorState.NotFollowed;
        }
    }
}
