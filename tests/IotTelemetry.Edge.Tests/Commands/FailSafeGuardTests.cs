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

        await room.SendAsync(room.Direct("qf2", false));
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
