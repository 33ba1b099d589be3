using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Commands;

/// <summary>What outputs do when nobody can be heard any more.</summary>
public sealed class FailSafeGuardTests
{
    private static readonly FailSafeOptions FailSafe = new()
    {
        After = TimeSpan.FromSeconds(30),
        Values = new Dictionary<string, double> { ["qf1/state"] = 0, ["qf2/state"] = 1 },
    };

    [Fact]
    public async Task After_the_loss_outputs_go_to_their_values_off_before_on_and_stay_there_on_return()
    {
        await using var room = await SwitchRoom.OpenAsync(CommandDeskTests.Group() with { FailSafe = FailSafe });
        room.Control.OnUplink(true);
        await room.SendAsync(room.Direct("qf1", true));
        await room.SendAsync(room.Direct("qf3", true));
        room.Control.OnUplink(false);
        await Pass(room, seconds: 25);
        Assert.Equal(2, room.Gear.Writes.Count);

        await room.EventuallyAsync(() => room.Live("qf2/state") == 1, stepMs: 250);
        Assert.Equal([(Switchgear.State(1), 0.0), (Switchgear.State(2), 1.0)], room.Gear.Writes.Skip(2));
        await room.EventuallyAsync(() => room.Live("qf1/fail_safe") == 1 && room.Live("qf2/fail_safe") == 1, stepMs: 250);
        Assert.Equal(["qf1/state fail-safe", "qf2/state fail-safe"], room.Faults.List()!.Select(f => f.Part).Order());

        room.Control.OnUplink(true);
        await Pass(room, seconds: 60);
        Assert.Equal(4, room.Gear.Writes.Count);
        Assert.Equal(1, room.Live("qf1/fail_safe"));

        await SwitchAsync(room, "qf2", false);
        Assert.Equal((0.0, 1.0), (room.Live("qf2/fail_safe"), room.Live("qf1/fail_safe")));
        Assert.Equal(["qf1/state fail-safe"], room.Faults.List()!.Select(f => f.Part));
    }

    [Fact]
    public async Task A_short_loss_does_nothing()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = FailSafe });
        room.Control.OnUplink(true);
        await room.SendAsync(room.Direct("qf1", true));
        for (var i = 0; i < 5; i++)
        {
            room.Control.OnUplink(false);
            await Pass(room, seconds: 20);
            room.Control.OnUplink(true);
        }

        Assert.Single(room.Gear.Writes);
    }

    [Fact]
    public async Task What_an_interlock_forbids_waits_until_it_is_allowed()
    {
        var options = new SwitchingOptions
        {
            FailSafe = FailSafe with { Values = new Dictionary<string, double> { ["qf1/state"] = 0 } },
            Interlocks = new Dictionary<string, PointInterlockOptions> { ["qf1/state"] = new() { MinimumOn = TimeSpan.FromSeconds(120) } },
        };
        await using var room = await SwitchRoom.OpenAsync(options);
        await room.SendAsync(room.Direct("qf1", true));
        await Pass(room, seconds: 100);
        Assert.Equal(1, room.Live("qf1/state"));
        await room.EventuallyAsync(() => room.Live("qf1/state") == 0, stepMs: 250);
    }

    [Fact]
    public async Task A_lockout_keeps_the_fail_safe_value_away()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = FailSafe });
        await room.SendAsync(room.Direct("qf1", true));
        var held = new AssetLockout { Asset = "qf1", Holder = "b.rossi", Reason = "Cable work", SinceMs = room.Clock.NowMs };
        await room.Control.OnLockoutsAsync(new LockoutSet { Revision = 1, Lockouts = [held] }.Encode());
        await room.EventuallyAsync(() => room.Live("qf2/state") == 1, stepMs: 250);
        await Pass(room, seconds: 10);
        Assert.Equal(1, room.Live("qf1/state"));
    }

    [Fact]
    public async Task A_point_that_is_set_by_select_and_operate_only_goes_too_and_a_select_left_behind_is_not_in_the_way()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = Only("qf1/state", 0), SelectFirst = ["state"], SelectTimeout = TimeSpan.FromMinutes(5) });
        await SelectAndOperateAsync(room, true);
        await room.SendAsync(room.Direct("qf1", true, lifeSeconds: 600) with { Phase = CommandPhase.Select });
        await room.EventuallyAsync(() => room.Live("qf1/fail_safe") == 1, stepMs: 250);
        Assert.Equal(0, room.Live("qf1/state"));
    }

    [Fact]
    public async Task An_output_that_fails_is_told_so_and_tried_again_until_it_is_set()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = Only("qf1/state", 0) });
        await room.SendAsync(room.Direct("qf1", true));
        room.Gear.WriteFails = new IOException("no answer from 0x20");
        var tries = 0;
        room.Gear.OnWrite = () => Interlocked.Increment(ref tries);
        await room.EventuallyAsync(() => Volatile.Read(ref tries) >= 4, stepMs: 250);
        Assert.Contains("could not be set", Assert.Single(room.Faults.List()!).Problem, StringComparison.Ordinal);
        Assert.Equal((1.0, 0.0), (room.Live("qf1/state"), room.Live("qf1/fail_safe")));
        Assert.InRange(room.Time.GetUtcNow().Subtract(Start).TotalSeconds, 30 + 2 + 4 + 8, double.MaxValue);

        room.Gear.WriteFails = null;
        await room.EventuallyAsync(() => room.Live("qf1/fail_safe") == 1, stepMs: 250);
        Assert.Equal(0, room.Live("qf1/state"));
        Assert.StartsWith("set to", Assert.Single(room.Faults.List()!).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_person_switches_after_a_failed_try_stays()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = Only("qf1/state", 0) });
        await room.SendAsync(room.Direct("qf1", true));
        room.Gear.WriteFails = new IOException("no answer from 0x20");
        await room.EventuallyAsync(() => room.Faults.List() is not null, stepMs: 250);
        room.Gear.WriteFails = null;
        await SwitchAsync(room, "qf1", true);
        await Pass(room, seconds: 60);
        Assert.Equal((1.0, 0.0), (room.Live("qf1/state"), room.Live("qf1/fail_safe")));
        Assert.Null(room.Faults.List());
    }

    [Fact]
    public async Task A_value_that_the_feedback_does_not_show_is_not_told_as_reached()
    {
        await using var room = await SwitchRoom.OpenAsync(CommandDeskTests.Feedback() with { FailSafe = Only("qf1/state", 0) });
        await room.SendAsync(room.Direct("qf1", true));
        room.Gear.IsStuck = true;
        await room.EventuallyAsync(() => room.Faults.List()?.Count == 2, stepMs: 250);
        Assert.Equal(["qf1/state", "qf1/state fail-safe"], room.Faults.List()!.Select(f => f.Part).Order());
        Assert.Contains(room.Faults.List()!, f => f.Problem.Contains("its feedback does not show it: qf1/closed shows 1", StringComparison.Ordinal));
        Assert.Equal((0.0, 0.0), (room.Live("qf1/state"), room.Live("qf1/fail_safe")));
        await Pass(room, seconds: 60);
        Assert.Equal(2, room.Gear.Writes.Count);
    }

    [Fact]
    public async Task An_output_that_hangs_keeps_no_other_from_its_value_and_is_named()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = FailSafe });
        await room.SendAsync(room.Direct("qf1", true));
        using var hangs = new ManualResetEventSlim();
        room.Gear.OnWrite = () =>
        {
            room.Gear.OnWrite = null;
            hangs.Wait(TimeSpan.FromMinutes(2));
        };
        try
        {
            await room.EventuallyAsync(() => room.Live("qf2/fail_safe") == 1, stepMs: 250);
            await room.EventuallyAsync(() => room.Faults.Has("qf1/state output"), stepMs: 250);
            Assert.Null(room.Liveness.Stuck);
            Assert.Equal(0, room.Live("qf1/fail_safe"));
        }
        finally
        {
            hangs.Set();
        }

        await room.EventuallyAsync(() => room.Live("qf1/fail_safe") == 1, stepMs: 250);
        await SwitchRoom.WaitAsync(() => !room.Faults.Has("qf1/state output"));
    }

    [Fact]
    public async Task A_cloud_that_is_silent_while_frames_wait_counts_as_lost_where_that_is_configured()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = Only("qf1/state", 0) with { OnSilence = true } });
        room.Control.OnUplink(true);
        await room.SendAsync(room.Direct("qf1", true));
        await PassWithTheGuardAsync(room, seconds: 60);
        room.FramesWait = true;
        for (var i = 0; i < 4; i++)
        {
            await PassWithTheGuardAsync(room, seconds: 20);
            room.Control.OnHeard();
        }

        Assert.Equal(1, room.Live("qf1/state"));

        // A broker that comes and goes is no word of the cloud.
        await PassWithTheGuardAsync(room, seconds: 20);
        room.Control.OnUplink(false);
        room.Control.OnUplink(true);
        await room.EventuallyAsync(() => room.Live("qf1/fail_safe") == 1, stepMs: 250);
        Assert.Equal(0, room.Live("qf1/state"));
        Assert.Contains("the cloud is silent for 30 s", Assert.Single(room.Faults.List()!).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Otherwise_the_connection_to_the_broker_alone_counts()
    {
        await using var room = await SwitchRoom.OpenAsync(new SwitchingOptions { FailSafe = Only("qf1/state", 0) });
        room.FramesWait = true;
        room.Control.OnUplink(true);
        await room.SendAsync(room.Direct("qf1", true));
        await Pass(room, seconds: 120);
        Assert.Equal(1, room.Live("qf1/state"));
    }

    private static DateTimeOffset Start => new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private static FailSafeOptions Only(string point, double value) => FailSafe with { Values = new Dictionary<string, double> { [point] = value } };

    private static async Task SelectAndOperateAsync(SwitchRoom room, bool value)
    {
        var select = room.Direct("qf1", value) with { Phase = CommandPhase.Select };
        Assert.Equal(CommandState.Selected, (await room.SendAsync(select)).State);
        Assert.Equal(CommandState.Executed, (await room.SendAsync(select with { Phase = CommandPhase.Operate })).State);
    }

    // The guard's command may be about to leave the point when its outcome is seen.
    private static async Task SwitchAsync(SwitchRoom room, string asset, bool value)
    {
        var result = await room.SendAsync(room.Direct(asset, value), CommandOrigin.Local);
        for (var i = 0; i < 1000 && result.Code == CommandCode.Busy; i++)
        {
            result = await room.SendAsync(room.Direct(asset, value), CommandOrigin.Local);
        }

        Assert.Equal(CommandState.Executed, result.State);
    }

    // A second at a time, as far as the guard keeps up.
    private static async Task PassWithTheGuardAsync(SwitchRoom room, int seconds)
    {
        for (var passed = 0; passed < seconds; passed++)
        {
            var looks = room.Looks;
            room.Time.Advance(TimeSpan.FromSeconds(1));
            for (var wait = 0; room.Looks == looks && wait < 100; wait++)
            {
                await Task.Delay(1);
            }
        }
    }

    // In steps below the guard's own, each time until it sleeps again.
    private static async Task Pass(SwitchRoom room, int seconds)
    {
        for (var i = 0; i < seconds * 2; i++)
        {
            await Task.Yield();
            room.Time.Advance(TimeSpan.FromMilliseconds(500));
        }
    }
}
