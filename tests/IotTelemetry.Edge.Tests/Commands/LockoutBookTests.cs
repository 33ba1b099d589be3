using System.Text;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Commands;

/// <summary>SPECIFICATION.md, section 7.5, on the gateway.</summary>
public sealed class LockoutBookTests
{
    [Fact]
    public async Task A_lockout_holds_its_asset_through_a_restart_until_it_is_lifted()
    {
        await using var room = await SwitchRoom.OpenAsync();
        Assert.Null(room.Control.LockoutRevision);
        await room.Control.OnLockoutsAsync(Set(7, Lock(room, "qf1")));
        Assert.Equal(7, room.Control.LockoutRevision);
        var refused = await room.SendAsync(room.Direct("qf1", true));
        Assert.Equal((CommandState.Rejected, CommandCode.Lockout, "held by b.rossi: Cable work"), (refused.State, refused.Code, refused.Detail));
        Assert.Equal(CommandState.Executed, (await room.SendAsync(room.Direct("qf2", true))).State);

        await room.RestartAsync();
        Assert.Equal(CommandCode.Lockout, (await room.SendAsync(room.Direct("qf1", true), Interlocks.CommandOrigin.Local)).Code);
        await room.Control.OnLockoutsAsync(Set(8));
        Assert.Equal(CommandState.Executed, (await room.SendAsync(room.Direct("qf1", true))).State);
        Assert.Equal(8, room.Control.LockoutRevision);
    }

    [Fact]
    public async Task Older_equal_empty_and_unreadable_sets_change_nothing()
    {
        await using var room = await SwitchRoom.OpenAsync();
        await room.Control.OnLockoutsAsync(Set(7, Lock(room, "qf1")));
        await room.Control.OnLockoutsAsync(Set(7));
        await room.Control.OnLockoutsAsync(Set(6));
        await room.Control.OnLockoutsAsync(ReadOnlyMemory<byte>.Empty);
        await room.Control.OnLockoutsAsync(Encoding.UTF8.GetBytes("{\"version\":\"1.0\"}"));
        Assert.Equal((CommandCode.Lockout, 7L), ((await room.SendAsync(room.Direct("qf1", true))).Code, room.Control.LockoutRevision));
    }

    [Fact]
    public async Task An_asset_that_two_hold_is_free_when_both_have_let_go()
    {
        await using var room = await SwitchRoom.OpenAsync();
        await room.Control.OnLockoutsAsync(Set(1, Lock(room, "qf1"), Lock(room, "qf1") with { Holder = "a.meier" }));
        await room.Control.OnLockoutsAsync(Set(2, Lock(room, "qf1") with { Holder = "a.meier" }));
        Assert.Equal("held by a.meier: Cable work", (await room.SendAsync(room.Direct("qf1", true))).Detail);
        await room.Control.OnLockoutsAsync(Set(3));
        Assert.Equal(CommandState.Executed, (await room.SendAsync(room.Direct("qf1", true))).State);
    }

    [Theory]
    [InlineData(ClockQuality.Holdover, CommandState.Executed)]
    [InlineData(ClockQuality.Unsynchronised, CommandState.Rejected)]
    public async Task An_end_counts_only_by_a_clock_that_can_be_trusted(ClockQuality clock, CommandState afterwards)
    {
        await using var room = await SwitchRoom.OpenAsync();
        room.Clock.Quality = clock;
        await room.Control.OnLockoutsAsync(Set(1, Lock(room, "qf1") with { UntilMs = room.Clock.NowMs + 60_000 }));
        Assert.Equal(CommandCode.Lockout, (await room.SendAsync(room.Direct("qf1", true))).Code);
        room.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(afterwards, (await room.SendAsync(room.Direct("qf1", true))).State);
    }

    [Fact]
    public async Task A_select_is_no_protection_and_neither_is_waiting()
    {
        await using var room = await SwitchRoom.OpenAsync(CommandDeskTests.Group(gapMs: 1000));
        var select = room.Direct("qf3", true) with { Phase = CommandPhase.Select };
        await room.SendAsync(select);
        var waits = await room.BeginAsync(room.Direct("qf1", true));
        await room.Control.OnLockoutsAsync(Set(1, Lock(room, "qf1"), Lock(room, "qf3")));
        Assert.Equal(CommandCode.Lockout, (await room.SendAsync(select with { Phase = CommandPhase.Operate })).Code);
        await room.EventuallyAsync(() => waits.IsCompleted);
        Assert.Equal(CommandCode.Lockout, (await waits).Code);
        Assert.Empty(room.Gear.Writes);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_holds_everything_until_a_set_comes()
    {
        await using var room = await SwitchRoom.OpenAsync();
        await room.Control.OnLockoutsAsync(Set(7, Lock(room, "qf1")));
        await room.RestartAsync(() => File.WriteAllText(room.LockoutPath, "{\"version\":\"1.0\",\"rev"));
        Assert.Equal((CommandCode.Lockout, (long?)null), ((await room.SendAsync(room.Direct("qf3", true))).Code, room.Control.LockoutRevision));
        Assert.True(room.Faults.Has("lockouts"));
        await room.Control.OnLockoutsAsync(Set(7, Lock(room, "qf1")));
        Assert.Equal(CommandState.Executed, (await room.SendAsync(room.Direct("qf3", true))).State);
        Assert.False(room.Faults.Has("lockouts"));
    }

    [Fact]
    public async Task A_disk_that_cannot_read_them_back_holds_everything_and_the_rest_goes_on()
    {
        await using var room = await SwitchRoom.OpenAsync();
        await room.SendAsync(room.Direct("qf1", true));
        await room.Control.OnLockoutsAsync(Set(7, Lock(room, "qf1")));
        await room.RestartAsync(() =>
        {
            // What the kernel answers with an input/output error when it is read.
            foreach (var path in new[] { room.LockoutPath, room.JournalPath })
            {
                File.Delete(path);
                File.CreateSymbolicLink(path, "/proc/self/mem");
            }
        });
        Assert.Equal(CommandCode.Lockout, (await room.SendAsync(room.Direct("qf3", true))).Code);
        Assert.True(room.Faults.Has("lockouts"));
        await room.Control.OnLockoutsAsync(Set(8));
        Assert.Equal(CommandState.Executed, (await room.SendAsync(room.Direct("qf3", true))).State);
    }

    [Fact]
    public async Task A_set_that_the_disk_does_not_take_is_in_force_and_not_reported()
    {
        await using var room = await SwitchRoom.OpenAsync();
        Directory.CreateDirectory(room.LockoutPath + ".new");
        await room.Control.OnLockoutsAsync(Set(7, Lock(room, "qf1")));
        Assert.Equal((CommandCode.Lockout, (long?)null), ((await room.SendAsync(room.Direct("qf1", true))).Code, room.Control.LockoutRevision));
        Assert.True(room.Faults.Has("lockouts"));
        Directory.Delete(room.LockoutPath + ".new");
        await room.Control.OnLockoutsAsync(Set(7, Lock(room, "qf1")));
        Assert.Equal(7, room.Control.LockoutRevision);
        Assert.False(room.Faults.Has("lockouts"));
    }

    private static AssetLockout Lock(SwitchRoom room, string asset) => new() { Asset = asset, Holder = "b.rossi", Reason = "Cable work", SinceMs = room.Clock.NowMs };

    private static byte[] Set(long revision, params AssetLockout[] lockouts) => new LockoutSet { Revision = revision, Lockouts = lockouts }.Encode();
}
