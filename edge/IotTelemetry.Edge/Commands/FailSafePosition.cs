using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>How far one point is on the way to its fail-safe value. Belongs to its <see cref="FailSafeGuard"/>, which looks at it only while no try is under way.</summary>
internal sealed class FailSafePosition(SwitchPoint point)
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    public SwitchPoint Point => point;

    /// <summary>The value as the board takes it.</summary>
    public double Value { get; } = point.FailSafe!.Value;

    /// <summary>The value as commands speak of it.</summary>
    public PointValue Wanted => point.Definition.Kind == PointKind.Digital ? PointValue.Of(Value != 0) : PointValue.Of(Value);

    /// <summary>The try under way, or the last one.</summary>
    public Task Trying { get; set; } = Task.CompletedTask;

    /// <summary>Nothing is left to do in this outage.</summary>
    public bool IsSettled { get; set; }

    /// <summary>It was told that an interlock is in the way.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Tries in a row that the hardware failed.</summary>
    public int Failures { get; private set; }

    /// <summary>How long to wait after the last failure.</summary>
    public TimeSpan BackOff => Failures == 0 ? TimeSpan.Zero : Failures > 8 ? LongestBackOff : TimeSpan.FromSeconds(1 << Failures);

    /// <summary>When it failed last, a <see cref="TimeProvider"/> timestamp.</summary>
    public long FailedAt { get; private set; }

    public void Fail(long now)
    {
        Failures++;
        FailedAt = now;
    }

    /// <summary>The outage is over.</summary>
    public void Reset()
    {
        IsSettled = IsWaiting = false;
        Failures = 0;
    }
}
