using IotTelemetry.Edge.Clock;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>Commands that begin at the gateway.</summary>
internal static class OwnCommand
{
    private const long LifeMs = 60_000;

    /// <summary>A direct command that may be carried out within a minute.</summary>
    public static Command Create(IGatewayClock clock, string asset, string point, PointValue value, string author, string reason)
    {
        var nowMs = clock.NowMs;
        return new Command
        {
            Id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(nowMs)),
            Phase = CommandPhase.Direct,
            Asset = asset,
            Point = point,
            Value = value,
            Author = author,
            Reason = reason,
            IssuedMs = nowMs,
            ExpiresMs = nowMs + LifeMs,
            LifeMs = LifeMs,
        };
    }
}
