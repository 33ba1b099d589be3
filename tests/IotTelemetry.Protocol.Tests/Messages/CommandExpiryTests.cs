namespace IotTelemetry.Protocol.Tests;

public sealed class CommandExpiryTests
{
    [Theory]
    [InlineData(ClockQuality.Synchronised, 29_999, 0, true, CommandCode.Ok)]
    [InlineData(ClockQuality.Synchronised, 30_000, 0, true, CommandCode.Expired)]
    [InlineData(ClockQuality.Synchronised, 30_000, 0, false, CommandCode.Expired)]
    [InlineData(ClockQuality.Synchronised, 0, 29_499, true, CommandCode.Ok)]
    [InlineData(ClockQuality.Synchronised, 0, 29_500, true, CommandCode.Expired)]
    [InlineData(ClockQuality.Holdover, 30_000, 0, true, CommandCode.Expired)]
    [InlineData(ClockQuality.Holdover, 29_999, 100_000, false, CommandCode.Ok)]
    [InlineData(ClockQuality.Unsynchronised, 99_000, 29_499, true, CommandCode.Ok)]
    [InlineData(ClockQuality.Unsynchronised, 0, 29_500, true, CommandCode.Expired)]
    [InlineData(ClockQuality.Unsynchronised, 0, 0, false, CommandCode.ClockUnknown)]
    [InlineData(ClockQuality.Unknown, 0, 0, false, CommandCode.ClockUnknown)]
    public void A_late_command_is_expired_and_one_of_unknown_age_is_not_accepted(ClockQuality clock, int nowAfterIssueMs, int sinceArrivalMs,
        bool hasLife, CommandCode expected)
    {
        Command command = hasLife ? SampleMessages.Command : SampleMessages.Command with { LifeMs = null };
        Assert.Equal(expected, CommandExpiry.Check(command, clock, command.IssuedMs + nowAfterIssueMs, TimeSpan.FromMilliseconds(sinceArrivalMs)));
    }
}
