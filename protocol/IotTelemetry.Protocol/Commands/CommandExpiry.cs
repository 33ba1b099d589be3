namespace IotTelemetry.Protocol;

/// <summary>Whether a command may still be carried out: the rules of SPECIFICATION.md, section 7.2. Pure and thread-safe.</summary>
public static class CommandExpiry
{
    /// <summary>Applies all rules that apply; asked at arrival and again at the moment the output is set.</summary>
    /// <param name="command">The command.</param>
    /// <param name="clock">What the gateway knows of its clock.</param>
    /// <param name="nowMs">That clock, in Unix milliseconds.</param>
    /// <param name="sinceArrival">How long ago the command arrived, on the monotonic clock.</param>
    /// <returns><see cref="CommandCode.Ok"/>, <see cref="CommandCode.Expired"/> or <see cref="CommandCode.ClockUnknown"/>.</returns>
    public static CommandCode Check(Command command, ClockQuality clock, long nowMs, TimeSpan sinceArrival)
    {
        ArgumentNullException.ThrowIfNull(command);
        bool isClockTrusted = clock is ClockQuality.Synchronised or ClockQuality.Holdover;
        if (!isClockTrusted && command.LifeMs is null)
        {
            return CommandCode.ClockUnknown;
        }
        bool isExpired = (isClockTrusted && nowMs >= command.ExpiresMs) || (command.LifeMs is { } lifeMs && sinceArrival >= TimeSpan.FromMilliseconds(lifeMs));
        return isExpired ? CommandCode.Expired : CommandCode.Ok;
    }
}
