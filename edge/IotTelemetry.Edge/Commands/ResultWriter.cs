using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>Writes results: with the time, what is known of it, and what the point shows. Thread-safe.</summary>
internal sealed class ResultWriter(LiveBoard board, IGatewayClock clock)
{
    private const int LongestDetail = 512;

    public CommandResult Write(Command command, SwitchPoint? point, CommandState state, CommandCode code, string? detail = null)
    {
        var (observed, observedAtMs) = point is null ? (null, null) : Observe(point);
        return new CommandResult
        {
            Id = command.Id,
            Phase = command.Phase,
            State = state,
            Code = code,
            Detail = detail is { Length: > LongestDetail } ? detail[..LongestDetail] : detail,
            Observed = observed,
            ObservedAtMs = observed is null ? null : observedAtMs,
            AtMs = clock.NowMs,
            Clock = clock.Quality,
        };
    }

    /// <summary>The point's value as its feedback shows it, or as the board says where there is none.</summary>
    private (PointValue? Value, long? AtMs) Observe(SwitchPoint point)
    {
        var last = board.Last(point.Feedback?.Source ?? point.Index);
        return last is not { } seen || !Feedback.IsUsable(seen.Quality) ? (null, null)
            : (point.Feedback is { } feedback ? feedback.ValueSeen(seen.Value) : board.Value(point.Index), clock.ToRealMs(seen.TimestampMs));
    }
}
