using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Health;

/// <summary>Looks at the parts of the gateway that do not report by themselves, and keeps the faults of its status by them. Look from one thread at a time.</summary>
internal sealed class FaultWatch(FaultBook faults, LiveBoard board, IGatewayClock clock, Func<GatewayCondition> condition, TimeProvider time)
{
    private const int PointsNamed = 5;

    /// <summary>So long readings that were dropped are a fault.</summary>
    private static readonly TimeSpan DropsCount = TimeSpan.FromMinutes(10);

    /// <summary>So long after the start the time service should have set the clock.</summary>
    private static readonly TimeSpan ClockPatience = TimeSpan.FromMinutes(10);

    private readonly long _startedAt = time.GetTimestamp();
    private long? _dropped;
    private long? _droppedAt;

    public void Look()
    {
        var now = condition();
        if (now.ReadingsDropped > (_dropped ?? now.ReadingsDropped))
        {
            _droppedAt = time.GetTimestamp();
        }

        _dropped = now.ReadingsDropped;
        faults.Say("sensors", DescribeBadPoints());
        faults.Say("disk", now.IsDiskFailing ? "the outbox cannot be forced to the disk; what a power cut would take is more than the last moment" : null);
        faults.Say("outbox", _droppedAt is { } at && time.GetElapsedTime(at) < DropsCount ? "readings are dropped: the outbox or the disk is full" : null);
        faults.Say("dead-letters", now.FramesRefused > 0 ? $"{now.FramesRefused} frames were refused for good since the start; they lie in dead-letters.jsonl" : null);
        faults.Say("clock", clock.Quality == ClockQuality.Unsynchronised && time.GetElapsedTime(_startedAt) >= ClockPatience ? "it is not synchronised: the times of readings are a guess" : null);
    }

    private string? DescribeBadPoints()
    {
        var bad = 0;
        var names = "";
        for (var point = 0; point < board.Points.Count; point++)
        {
            if (board.Last(point) is { Quality: RawQuality.Bad } && ++bad <= PointsNamed)
            {
                var described = board.Points[point];
                names += $"{(bad > 1 ? ", " : "")}{board.Assets[described.Asset].Id}/{described.Name}";
            }
        }

        return bad == 0 ? null : $"{bad} of {board.Points.Count} points give no value: {names}{(bad > PointsNamed ? " …" : "")}";
    }
}
