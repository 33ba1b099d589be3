using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Commands;

/// <summary>SPECIFICATION.md, sections 7.2 and 7.3, on the gateway.</summary>
public sealed class CommandDeskTests
{
    [Fact]
    public async Task A_direct_command_sets_the_output_and_without_feedback_executed_is_final()
    {
        await using var room = await SwitchRoom.OpenAsync();
        var result = await room.SendAsync(room.Direct("qf1", true));
        Assert.Equal((CommandState.Executed, CommandCode.Ok, true), (result.State, result.Code, result.IsFinal));
        Assert.Equal([(Switchgear.State(1), 1.0)], room.Gear.Writes);
        Assert.Equal((PointValue.Of(true), ClockQuality.Synchronised), (result.Observed, result.Clock));
    }

    [Fact]
    public async Task A_late_command_is_never_executed()
    {
        await using var room = await SwitchRoom.OpenAsync();
        var command = room.Direct("qf1", true, lifeSeconds: 10);
        room.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((CommandState.Expired, CommandCode.Expired), Outcome(await room.SendAsync(command)));
        Assert.Equal((CommandState.Expired, CommandCode.Expired), Outcome(await room.SendAsync(room.Direct("qf1", true) with { LifeMs = 0 })));
        Assert.Empty(room.Gear.Writes);
    }

    [Theory]
    [InlineData(ClockQuality.Unknown)]
    [InlineData(ClockQuality.Unsynchronised)]
    public async Task A_clock_that_is_not_synchronised_takes_only_what_carries_its_life(ClockQuality quality)
    {
        await using var room = await SwitchRoom.OpenAsync();
        room.Clock.Quality = quality;
        room.Clock.Offset = TimeSpan.FromDays(-4000);
        var command = room.Direct("qf1", true);
        var later = command with { Id = Guid.CreateVersion7(), IssuedMs = command.IssuedMs + 1_000_000_000_000, ExpiresMs = command.ExpiresMs + 1_000_000_000_000 };
        Assert.Equal((CommandState.Rejected, CommandCode.ClockUnknown), Outcome(await room.SendAsync(command with { LifeMs = null })));
        Assert.Equal(CommandState.Executed, (await room.SendAsync(later)).State);
    }

    [Fact]
    public async Task Expiry_is_checked_again_at_the_moment_the_output_is_set()
    {
        await using var room = await SwitchRoom.OpenAsync(Group(gapMs: 5000));
        room.Time.Advance(TimeSpan.FromSeconds(10));
        await room.SendAsync(room.Direct("qf1", true));
        await room.SendAsync(room.Direct("qf1", false));

        // It waits for the gap of five seconds and lives for two.
        var result = await room.SendAsync(room.Direct("qf2", true, lifeSeconds: 2));
        Assert.Equal((CommandState.Expired, CommandCode.Expired), Outcome(result));
        Assert.Equal(2, room.Gear.Writes.Count);
        Assert.Contains(room.Told, r => r.Id == result.Id && r.State == CommandState.Accepted);
    }

    [Fact]
    public async Task A_repeat_is_answered_and_not_repeated_also_after_a_restart()
    {
        await using var room = await SwitchRoom.OpenAsync(Feedback());
        var command = room.Direct("qf1", true);
        Assert.Equal(CommandState.Verified, (await room.SendAsync(command)).State);
        room.Time.Advance(TimeSpan.FromHours(1));

        // The remaining life differs in each sending; the repeat is long after the expiry, and still answered with what was done.
        Assert.Equal(CommandState.Verified, (await room.SendAsync(command with { LifeMs = 1 })).State);
        Assert.Single(room.Gear.Writes);
        await room.RestartAsync();
        Assert.Equal(CommandState.Verified, (await room.SendAsync(command)).State);
        Assert.Empty(room.Gear.Writes);
    }

    [Fact]
    public async Task Repeats_that_come_while_it_is_carried_out_are_told_so()
    {
        await using var room = await SwitchRoom.OpenAsync(Feedback());
        room.Gear.IsStuck = true;
        var command = room.Direct("qf1", true);
        var handled = await room.BeginAsync(command);
        var repeats = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => room.Control.Desk.ExecuteAsync(command, CommandOrigin.Cloud, _ => { }))));
        Assert.All(repeats, repeat => Assert.Equal(CommandState.Executed, repeat.State));
        room.Gear.Push(Switchgear.Closed(1), 1);
        await room.EventuallyAsync(() => handled.IsCompleted);
        Assert.Equal(CommandState.Verified, (await handled).State);
        Assert.Single(room.Gear.Writes);
    }

    [Fact]
    public async Task An_id_used_again_for_something_else_is_rejected()
    {
        await using var room = await SwitchRoom.OpenAsync();
        var command = room.Direct("qf1", true);
        await room.SendAsync(command);
        Assert.Equal((CommandState.Rejected, CommandCode.Duplicate), Outcome(await room.SendAsync(command with { Asset = "qf2" })));
        Assert.Equal(CommandState.Executed, (await room.SendAsync(command)).State);
    }

    [Theory]
    [InlineData("qf9", "state", CommandCode.UnknownPoint)]
    [InlineData("qf1", "brightness", CommandCode.UnknownPoint)]
    [InlineData("qf1", "closed", CommandCode.NotSettable)]
    public async Task What_cannot_be_set_is_rejected(string asset, string point, CommandCode code)
    {
        await using var room = await SwitchRoom.OpenAsync();
        Assert.Equal((CommandState.Rejected, code), Outcome(await room.SendAsync(room.Direct(asset, true) with { Point = point })));
    }

    [Fact]
    public async Task A_value_of_another_type_is_rejected()
    {
        await using var room = await SwitchRoom.OpenAsync();
        Assert.Equal((CommandState.Rejected, CommandCode.WrongType), Outcome(await room.SendAsync(room.Direct("qf1", true) with { Value = PointValue.Of(1.0) })));
    }

    [Fact]
    public async Task An_expected_value_guards_the_command()
    {
        await using var room = await SwitchRoom.OpenAsync();
        Assert.Equal(CommandCode.UnexpectedValue, (await room.SendAsync(room.Direct("qf1", true) with { Expected = PointValue.Of(true) })).Code);
        Assert.Equal(CommandState.Executed, (await room.SendAsync(room.Direct("qf1", true) with { Expected = PointValue.Of(false) })).State);
        room.Gear.Push(Switchgear.State(1), 1, Hardware.RawQuality.Bad);
        Assert.Equal(CommandCode.UnexpectedValue, (await room.SendAsync(room.Direct("qf1", false) with { Expected = PointValue.Of(true) })).Code);
    }

    [Fact]
    public async Task Select_before_operate_moves_the_output_with_the_second_message()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { SelectFirst = ["qf1/state"] });
        Assert.Equal(CommandCode.NotSelected, (await room.SendAsync(room.Direct("qf1", true))).Code);
        var select = room.Direct("qf1", true) with { Phase = CommandPhase.Select };
        var selected = await room.SendAsync(select);
        Assert.Equal((CommandState.Selected, selected.AtMs + 30_000), (selected.State, selected.SelectedUntilMs));
        Assert.Empty(room.Gear.Writes);
        Assert.Equal(CommandCode.Busy, (await room.SendAsync(room.Direct("qf1", false) with { Phase = CommandPhase.Select })).Code);
        Assert.Equal(CommandCode.NotSelected, (await room.SendAsync(room.Direct("qf2", true) with { Phase = CommandPhase.Operate })).Code);
        Assert.Equal(CommandCode.NotSelected, (await room.SendAsync(select with { Phase = CommandPhase.Operate, Value = PointValue.Of(false) })).Code);
        Assert.Equal(CommandState.Rejected, (await room.SendAsync(select with { Phase = CommandPhase.Operate })).State);

        // The operate that was rejected for its value is remembered with it; a new select and operate go through.
        room.Time.Advance(TimeSpan.FromSeconds(30));
        var again = room.Direct("qf1", true) with { Phase = CommandPhase.Select };
        await room.SendAsync(again);
        Assert.Equal(CommandState.Executed, (await room.SendAsync(again with { Phase = CommandPhase.Operate })).State);
        Assert.Equal([(Switchgear.State(1), 1.0)], room.Gear.Writes);
    }

    [Fact]
    public async Task What_is_refused_at_the_gateway_takes_no_room_in_the_journal()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { SelectFirst = ["qf1/state"] });
        Assert.Equal(CommandCode.NotSelected, (await room.SendAsync(room.Direct("qf1", true), CommandOrigin.Local)).Code);
        Assert.Equal(CommandState.Executed, (await room.SendAsync(room.Direct("qf1", true), CommandOrigin.FailSafe)).State);
        Assert.DoesNotContain("not_selected", await File.ReadAllTextAsync(room.JournalPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_select_is_given_up_by_cancel_and_by_time()
    {
        await using var room = await SwitchRoom.OpenAsync();
        var select = room.Direct("qf1", true, lifeSeconds: 120) with { Phase = CommandPhase.Select };
        await room.SendAsync(select);
        Assert.Equal(CommandState.Cancelled, (await room.SendAsync(select with { Phase = CommandPhase.Cancel, Value = null })).State);
        Assert.Equal(CommandCode.NotSelected, (await room.SendAsync(select with { Phase = CommandPhase.Operate })).Code);

        var again = room.Direct("qf1", true, lifeSeconds: 120) with { Phase = CommandPhase.Select };
        await room.SendAsync(again);
        room.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(CommandCode.SelectTimeout, (await room.SendAsync(again with { Phase = CommandPhase.Operate })).Code);
        Assert.Empty(room.Gear.Writes);
    }

    [Fact]
    public async Task A_command_that_waits_is_stopped_by_cancel_and_one_that_was_set_is_not()
    {
        await using var room = await SwitchRoom.OpenAsync(Group(gapMs: 60_000) with { Feedback = Feedback().Feedback });
        room.Time.Advance(TimeSpan.FromMinutes(2));
        await room.SendAsync(room.Direct("qf1", true));
        await room.SendAsync(room.Direct("qf1", false));
        var waits = room.Direct("qf2", true);
        var handled = await room.BeginAsync(waits);
        Assert.Equal(CommandState.Accepted, room.Told[^1].State);
        Assert.Equal(CommandState.Cancelled, (await room.SendAsync(waits with { Phase = CommandPhase.Cancel, Value = null })).State);
        await room.EventuallyAsync(() => handled.IsCompleted);
        Assert.Equal(CommandState.Cancelled, (await handled).State);
        Assert.Equal(2, room.Gear.Writes.Count);

        room.Gear.IsStuck = true;
        var set = room.Direct("qf1", true);
        handled = await room.BeginAsync(set);
        Assert.Equal(CommandCode.Busy, (await room.SendAsync(set with { Phase = CommandPhase.Cancel, Value = null })).Code);
        await room.EventuallyAsync(() => handled.IsCompleted);
    }

    [Fact]
    public async Task A_point_takes_one_command_at_a_time_and_other_points_are_not_held_up()
    {
        await using var room = await SwitchRoom.OpenAsync(Feedback());
        room.Gear.IsStuck = true;
        var handled = await room.BeginAsync(room.Direct("qf1", true));
        var refused = await room.BeginAsync(room.Direct("qf1", false));
        Assert.Equal((CommandState.Rejected, CommandCode.Busy), Outcome(await refused));
        Assert.Contains("by anna", (await refused).Detail, StringComparison.Ordinal);
        room.Gear.IsStuck = false;
        Assert.Equal(CommandState.Verified, (await room.SendAsync(room.Direct("qf2", true))).State);
        await room.EventuallyAsync(() => handled.IsCompleted);
    }

    [Fact]
    public async Task An_output_that_fails_is_told_and_the_same_id_is_not_tried_again()
    {
        await using var room = await SwitchRoom.OpenAsync();
        room.Gear.WriteFails = new IOException("line 4 of gpiochip0 is busy");
        var command = room.Direct("qf1", true);
        Assert.Equal((CommandState.Failed, CommandCode.HardwareFailure), Outcome(await room.SendAsync(command)));
        room.Gear.WriteFails = null;
        Assert.Equal((CommandState.Failed, CommandCode.HardwareFailure), Outcome(await room.SendAsync(command)));
        Assert.Empty(room.Gear.Writes);
    }

    [Fact]
    public async Task A_command_cut_off_by_a_crash_is_told_truthfully_and_not_executed_again()
    {
        await using var room = await SwitchRoom.OpenAsync();
        var command = room.Direct("qf1", true);
        await room.SendAsync(command);
        await room.RestartAsync(() =>
        {
            // As the disk looks when the agent dies between the first line and the output.
            var begun = File.ReadAllLines(room.JournalPath)[0];
            Assert.DoesNotContain("\"result\"", begun, StringComparison.Ordinal);
            File.WriteAllText(room.JournalPath, begun + "\n{\"id\":\"torn");
        });
        Assert.Equal((command.Id, CommandState.Failed, CommandCode.ShuttingDown), (room.Told[^1].Id, room.Told[^1].State, room.Told[^1].Code));
        Assert.Contains("may have been set", room.Told[^1].Detail, StringComparison.Ordinal);
        Assert.Equal((CommandState.Failed, CommandCode.ShuttingDown), Outcome(await room.SendAsync(command)));
        Assert.Empty(room.Gear.Writes);
    }

    [Fact]
    public async Task A_stop_ends_what_is_under_way_with_what_was_done()
    {
        await using var room = await SwitchRoom.OpenAsync(Group(gapMs: 60_000) with { Feedback = Feedback().Feedback });
        room.Time.Advance(TimeSpan.FromMinutes(2));
        await room.SendAsync(room.Direct("qf1", true));
        await room.SendAsync(room.Direct("qf1", false));
        var waits = await room.BeginAsync(room.Direct("qf2", true));
        room.Gear.IsStuck = true;
        var set = await room.BeginAsync(room.Direct("qf3", true));
        await room.Control.StopAsync();
        Assert.Equal((CommandState.Rejected, CommandCode.ShuttingDown), Outcome(await waits));
        Assert.Equal((CommandState.Failed, CommandCode.ShuttingDown), Outcome(await set));
        Assert.Contains("the output was set", (await set).Detail, StringComparison.Ordinal);
        Assert.Equal(CommandCode.ShuttingDown, (await room.SendAsync(room.Direct("qf1", true))).Code);
    }

    internal static SwitchingOptions Group(int gapMs = 0) => new() { Groups = [new GroupOptions("busbar", ["qf1/state", "qf2/state"], TimeSpan.FromMilliseconds(gapMs))] };

    internal static SwitchingOptions Feedback(string point = "closed", int timeoutMs = 200) => new()
    {
        Feedback = new Dictionary<string, FeedbackOptions> { ["state"] = new() { Point = point, Timeout = TimeSpan.FromMilliseconds(timeoutMs), Settle = TimeSpan.Zero } },
    };

    private static (CommandState State, CommandCode Code) Outcome(CommandResult result) => (result.State, result.Code);
}
