namespace IotTelemetry.Protocol.Tests;

/// <summary>The lockouts of SPECIFICATION.md, section 7.5.</summary>
public sealed class LockoutTests
{
    private static AssetLockout Lockout => SampleMessages.Lockouts.Lockouts[0];

    [Fact]
    public void The_greatest_set_fits_into_a_message_and_one_lockout_more_is_refused()
    {
        LockoutSet Of(int count) => new()
        {
            Revision = 1,
            Lockouts = [.. Enumerable.Range(0, count).Select(i => Lockout with { Asset = $"{new string('a', 59)}-{i}", Holder = new string('h', 64), Reason = new string('r', 256) })],
        };

        Assert.Equal(LockoutSet.MaximumLockouts, LockoutSet.Decode(Of(LockoutSet.MaximumLockouts).Encode()).Lockouts.Count);
        Assert.Equal(RefusalReason.Limit, Refused(Of(LockoutSet.MaximumLockouts + 1)));
    }

    [Fact]
    public void A_set_of_more_bytes_than_allowed_is_refused_unread() =>
        Assert.Equal(RefusalReason.Limit, Assert.Throws<MessageFormatException>(() => LockoutSet.Decode(new byte[LockoutSet.MaximumBytes + 1])).Reason);

    [Fact]
    public void A_set_that_breaks_a_rule_is_refused_with_the_reason()
    {
        Assert.Equal(RefusalReason.Invalid, Refused(SampleMessages.Lockouts with { Revision = 0 }));
        Assert.Equal(RefusalReason.Invalid, Refused(SampleMessages.Lockouts with { Revision = 1L << 53 }));
        Assert.Equal(RefusalReason.Invalid, Refused(SampleMessages.Lockouts with { Lockouts = [Lockout, Lockout with { Reason = "again" }] }));
        Assert.Equal(RefusalReason.Invalid, Refused(Lockout with { Asset = "load/3" }));
        Assert.Equal(RefusalReason.Invalid, Refused(Lockout with { UntilMs = Lockout.SinceMs }));
        Assert.Equal(RefusalReason.Invalid, Refused(Lockout with { SinceMs = -1 }));
        Assert.Equal(RefusalReason.Limit, Refused(Lockout with { Holder = new string('h', 129) }));
        Assert.Equal(RefusalReason.Limit, Refused(Lockout with { Reason = new string('r', 257) }));
    }

    [Theory]
    [InlineData(ClockQuality.Synchronised, false)]
    [InlineData(ClockQuality.Holdover, false)]
    [InlineData(ClockQuality.Unsynchronised, true)]
    [InlineData(ClockQuality.Unknown, true)]
    public void An_end_counts_only_by_a_clock_that_can_be_trusted(ClockQuality clock, bool holdsAfterwards)
    {
        long until = Lockout.UntilMs!.Value;
        Assert.True(Lockout.HoldsAt(clock, until - 1));
        Assert.Equal(holdsAfterwards, Lockout.HoldsAt(clock, until));
        Assert.True((Lockout with { UntilMs = null }).HoldsAt(clock, until));
    }

    [Fact]
    public void Only_accepted_selected_and_an_executed_that_will_be_verified_are_not_final()
    {
        CommandResult without = SampleMessages.Executed with { VerifyByMs = null };
        Assert.False(SampleMessages.Executed.IsFinal);
        Assert.True(without.IsFinal);
        Assert.Equal([CommandState.Accepted, CommandState.Selected], Enum.GetValues<CommandState>().Where(state => !(without with { State = state }).IsFinal));
    }

    private static RefusalReason Refused(AssetLockout lockout) => Refused(SampleMessages.Lockouts with { Lockouts = [lockout] });

    private static RefusalReason Refused(LockoutSet set) => Assert.Throws<MessageFormatException>(() => LockoutSet.Decode(set.Encode())).Reason;
}
