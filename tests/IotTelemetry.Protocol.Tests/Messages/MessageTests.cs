using System.Text;

namespace IotTelemetry.Protocol.Tests;

public sealed class MessageTests
{
    [Fact]
    public void Every_message_comes_back_as_it_went_out()
    {
        Assert.Equal(SampleMessages.Command, Command.Decode(SampleMessages.Command.Encode()));
        Assert.Equal(SampleMessages.Result, CommandResult.Decode(SampleMessages.Result.Encode()));
        GatewayStatus status = GatewayStatus.Decode(SampleMessages.Status.Encode());
        Assert.Equal(SampleMessages.Status with { Faults = null }, status with { Faults = null });
        Assert.Equal(SampleMessages.Status.Faults, status.Faults);
        Assert.Equal(SampleMessages.Executed, CommandResult.Decode(SampleMessages.Executed.Encode()));
        LockoutSet lockouts = LockoutSet.Decode(SampleMessages.Lockouts.Encode());
        Assert.Equal(SampleMessages.Lockouts.Revision, lockouts.Revision);
        Assert.Equal(SampleMessages.Lockouts.Lockouts, lockouts.Lockouts);
        StoredCursor cursor = StoredCursor.Decode(SampleMessages.Cursor.Encode());
        Assert.Equal(SampleMessages.Cursor.Epochs, cursor.Epochs);
        Assert.Equal(SampleMessages.Cursor.Refused, cursor.Refused);
        Assert.Equal(SampleMessages.Cursor.Rebirth, cursor.Rebirth);
        Assert.True(cursor.NewEpoch);
        Assert.Equal((1200UL, (ulong?)null), (cursor.SequenceOf(7)!.Value, cursor.SequenceOf(8)));
    }

    [Fact]
    public void Messages_of_a_newer_minor_version_are_read_and_what_they_add_is_skipped()
    {
        Assert.Equal(SampleMessages.Command with { Version = new ProtocolVersion(1, 9) }, Command.Decode(Newer(SampleMessages.Command.Encode())));
        Assert.Equal(new ProtocolVersion(1, 9), CommandResult.Decode(Newer(SampleMessages.Result.Encode())).Version);
        Assert.Equal(new ProtocolVersion(1, 9), GatewayStatus.Decode(Newer(SampleMessages.Status.Encode())).Version);
        Assert.Equal(new ProtocolVersion(1, 9), StoredCursor.Decode(Newer(SampleMessages.Cursor.Encode())).Version);
        Assert.Equal(new ProtocolVersion(1, 9), LockoutSet.Decode(Newer(SampleMessages.Lockouts.Encode())).Version);

        static byte[] Newer(byte[] message) => Changed(message, "{\"version\":\"1.0\"",
            "{\"later\":{\"version\":\"3.0\",\"deep\":[[1]]},\"version\":\"1.9\",\"more\":null");
    }

    [Fact]
    public void Messages_of_another_major_version_are_refused_though_nothing_else_of_them_is_known()
    {
        byte[] other = "{\"everything\":\"else\",\"version\":\"2.0\"}"u8.ToArray();
        Assert.Equal(RefusalReason.UnknownVersion, Refused(() => Command.Decode(other)));
        Assert.Equal(RefusalReason.UnknownVersion, Refused(() => CommandResult.Decode(other)));
        Assert.Equal(RefusalReason.UnknownVersion, Refused(() => GatewayStatus.Decode(other)));
        Assert.Equal(RefusalReason.UnknownVersion, Refused(() => StoredCursor.Decode(other)));
        Assert.Equal(RefusalReason.UnknownVersion, Refused(() => LockoutSet.Decode(other)));
        Assert.Equal(RefusalReason.UnknownVersion, Refused(() => Birth.Decode(other)));
    }

    [Theory]
    [InlineData("019a9f3c-7a00-7cc3", "019a9f3c-7a00-4cc3", RefusalReason.Invalid)]
    [InlineData("-98c4-", "-18c4-", RefusalReason.Invalid)]
    [InlineData("\"select\"", "\"choose\"", RefusalReason.Malformed)]
    [InlineData("\"select\"", "1", RefusalReason.Malformed)]
    [InlineData("\"breaker-12\"", "\"breaker/12\"", RefusalReason.Invalid)]
    [InlineData("\"state\"", "\"\"", RefusalReason.Invalid)]
    [InlineData("\"value\":\"closed\",", "", RefusalReason.Malformed)]
    [InlineData("\"value\":\"closed\"", "\"value\":null", RefusalReason.Malformed)]
    [InlineData("\"value\":\"closed\"", "\"value\":[1]", RefusalReason.Malformed)]
    [InlineData("\"author\":\"a.meier@example.org\",", "", RefusalReason.Malformed)]
    [InlineData("\"expiresMs\":1763640030000", "\"expiresMs\":1763640000000", RefusalReason.Invalid)]
    [InlineData("\"lifeMs\":29500", "\"lifeMs\":86400001", RefusalReason.Invalid)]
    [InlineData("\"issuedMs\":1763640000000", "\"issuedMs\":-1", RefusalReason.Invalid)]
    public void A_command_that_breaks_a_rule_is_refused_with_the_reason(string text, string replacement, RefusalReason reason) =>
        Assert.Equal(reason, Refused(() => Command.Decode(Changed(SampleMessages.Command.Encode(), text, replacement))));

    [Fact]
    public void A_message_above_64_KiB_is_refused_unread() =>
        Assert.Equal(RefusalReason.Limit, Refused(() => Command.Decode(new byte[65 * 1024])));

    [Fact]
    public void A_cancel_needs_no_value()
    {
        Command cancel = SampleMessages.Command with { Phase = CommandPhase.Cancel, Value = null };
        Assert.Equal(cancel, Command.Decode(cancel.Encode()));
    }

    [Fact]
    public void A_result_without_the_time_of_what_was_observed_is_refused() =>
        Assert.Equal(RefusalReason.Malformed, Refused(() => CommandResult.Decode((SampleMessages.Result with { ObservedAtMs = null }).Encode())));

    [Fact]
    public void Values_keep_their_kind()
    {
        foreach (PointValue value in (PointValue[])[PointValue.Of(true), PointValue.Of(false), PointValue.Of(-0.25), PointValue.Of(1), PointValue.Of("true")])
        {
            Assert.Equal(value, Command.Decode((SampleMessages.Command with { Value = value }).Encode()).Value);
        }
        Assert.NotEqual(PointValue.Of(true), PointValue.Of(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PointValue.Of(double.NaN));
    }

    private static RefusalReason Refused(Action action) => Assert.Throws<MessageFormatException>(action).Reason;

    private static byte[] Changed(byte[] message, string text, string replacement)
    {
        string before = Encoding.UTF8.GetString(message);
        Assert.Contains(text, before, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(before.Replace(text, replacement, StringComparison.Ordinal));
    }
}
