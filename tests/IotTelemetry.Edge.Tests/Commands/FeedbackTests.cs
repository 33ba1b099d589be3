using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Hardware;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Commands;

/// <summary>Executed becomes Verified by what the feedback shows, and by nothing else.</summary>
public sealed class FeedbackTests
{
    [Fact]
    public async Task What_the_contact_shows_verifies_the_command()
    {
        await using var room = await SwitchRoom.OpenAsync(CommandDeskTests.Feedback());
        var result = await room.SendAsync(room.Direct("qf1", true));
        Assert.Equal([CommandState.Executed, CommandState.Verified], room.Told.Select(r => r.State));
        Assert.Equal((false, room.Told[0].AtMs + 200), (room.Told[0].IsFinal, room.Told[0].VerifyByMs));
        Assert.Equal(PointValue.Of(true), result.Observed);
    }

    [Fact]
    public async Task A_contact_that_does_not_close_fails_the_command_and_the_coil_is_switched_off_again()
    {
        await using var room = await SwitchRoom.OpenAsync(CommandDeskTests.Feedback());
        room.Gear.IsStuck = true;
        var result = await room.SendAsync(room.Direct("qf1", true));
        Assert.Equal((CommandState.Failed, CommandCode.SensorDisagrees), (result.State, result.Code));
        Assert.Contains("qf1/closed shows 0", result.Detail, StringComparison.Ordinal);
        Assert.Contains("switched off again", result.Detail, StringComparison.Ordinal);
        Assert.Equal([(0, 1.0), (0, 0.0)], room.Gear.Writes);
        Assert.Contains(room.Faults.List()!, fault => fault.Part == "qf1/state");

        room.Gear.IsStuck = false;
        Assert.Equal(CommandState.Verified, (await room.SendAsync(room.Direct("qf1", true))).State);
        Assert.Null(room.Faults.List());
    }

    [Fact]
    public async Task A_contact_that_does_not_open_fails_the_command_and_the_coil_stays_off()
    {
        await using var room = await SwitchRoom.OpenAsync(CommandDeskTests.Feedback());
        await room.SendAsync(room.Direct("qf1", true));
        room.Gear.IsStuck = true;
        var result = await room.SendAsync(room.Direct("qf1", false));
        Assert.Equal((CommandState.Failed, CommandCode.SensorDisagrees, PointValue.Of(true)), (result.State, result.Code, result.Observed));
        Assert.Equal([(0, 1.0), (0, 0.0)], room.Gear.Writes);
        Assert.True(room.Faults.Has("qf1/state"));

        // Late: the fault ends, the command stays failed.
        room.Gear.Push(Switchgear.Closed(1), 0);
        Assert.False(room.Faults.Has("qf1/state"));
        Assert.Equal(CommandState.Failed, room.Told[^1].State);
    }

    [Fact]
    public async Task A_contact_that_cannot_be_read_is_a_feedback_timeout()
    {
        await using var room = await SwitchRoom.OpenAsync(CommandDeskTests.Feedback());
        room.Gear.IsStuck = true;
        room.Gear.Push(Switchgear.Closed(1), 0, RawQuality.Bad);
        var result = await room.SendAsync(room.Direct("qf1", true));
        Assert.Equal((CommandState.Failed, CommandCode.FeedbackTimeout, null), (result.State, result.Code, result.Observed));
    }

    [Fact]
    public async Task The_output_stays_on_where_that_is_configured()
    {
        var feedback = new FeedbackOptions { Point = "closed", Timeout = TimeSpan.FromMilliseconds(50), KeepOnFailure = true };
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { Feedback = new Dictionary<string, FeedbackOptions> { ["qf1/state"] = feedback } });
        room.Gear.IsStuck = true;
        Assert.Equal(CommandState.Failed, (await room.SendAsync(room.Direct("qf1", true))).State);
        Assert.Equal([(0, 1.0)], room.Gear.Writes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_feedback_whose_read_fails_or_hangs_is_a_feedback_timeout_and_the_point_can_be_switched_again(bool hangs)
    {
        var feedback = new FeedbackOptions { Point = "current_a", Timeout = TimeSpan.FromMilliseconds(500), On = new ValueSpan(5, double.PositiveInfinity), Off = new ValueSpan(double.NegativeInfinity, 0.5) };
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { Feedback = new Dictionary<string, FeedbackOptions> { ["state"] = feedback } });
        using var mended = new ManualResetEventSlim();
        var reads = 0;
        room.Gear.OnRead = _ =>
        {
            Interlocked.Increment(ref reads);
            if (!hangs)
            {
                throw new InvalidOperationException("a driver's defect");
            }

            mended.Wait(TimeSpan.FromMinutes(2));
        };
        try
        {
            Assert.Equal(CommandCode.FeedbackTimeout, (await room.SendAsync(room.Direct("qf1", true))).Code);
            Assert.Equal(CommandCode.FeedbackTimeout, (await room.SendAsync(room.Direct("qf1", false))).Code);
            Assert.True(!hangs || Volatile.Read(ref reads) == 1, "one that hangs is not asked again");
        }
        finally
        {
            room.Gear.OnRead = null;
            mended.Set();
        }

        Assert.Equal(CommandState.Verified, (await room.SendAsync(room.Direct("qf1", true))).State);
    }

    [Fact]
    public async Task A_current_verifies_by_its_range_once_it_was_measured_after_the_setting()
    {
        var feedback = new FeedbackOptions
        {
            Point = "current_a",
            Timeout = TimeSpan.FromMilliseconds(500),
            On = new ValueSpan(5, double.PositiveInfinity),
            Off = new ValueSpan(double.NegativeInfinity, 0.5),
        };
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { Feedback = new Dictionary<string, FeedbackOptions> { ["state"] = feedback } });
        Assert.Equal(CommandState.Verified, (await room.SendAsync(room.Direct("qf1", true))).State);
        room.Gear.IsStuck = true;
        var result = await room.SendAsync(room.Direct("qf1", false));
        Assert.Equal(CommandCode.SensorDisagrees, result.Code);
        Assert.Contains("shows 16 after 500 ms, expected: at most 0.5", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contact_that_bounces_is_believed_once_it_has_settled()
    {
        var feedback = new FeedbackOptions { Point = "closed", Timeout = TimeSpan.FromSeconds(1), Settle = TimeSpan.FromMilliseconds(100) };
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { Feedback = new Dictionary<string, FeedbackOptions> { ["state"] = feedback } });
        room.Gear.IsStuck = true;
        var handled = await room.BeginAsync(room.Direct("qf1", true));
        room.Gear.Push(Switchgear.Closed(1), 1);
        room.Time.Advance(TimeSpan.FromMilliseconds(50));
        room.Gear.Push(Switchgear.Closed(1), 0);
        await room.EventuallyAsync(() => handled.IsCompleted);
        Assert.Equal(CommandState.Failed, (await handled).State);
    }
}
