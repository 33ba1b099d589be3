using IotTelemetry.Edge.Clock;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware.Tests;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Commands;

public sealed class CommandJournalTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    private string Path => System.IO.Path.Combine(_directory.Path, "journal", "commands.jsonl");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Entries_of_a_day_are_remembered_and_older_ones_are_forgotten()
    {
        var old = Entry();
        await using (var journal = Open())
        {
            await journal.WriteAsync(old);
            _time.Advance(CommandMemory.Kept);
            await journal.WriteAsync(Entry());
        }

        await using var again = Open();
        Assert.Null(again.Find(old.Id, old.Phase));
        Assert.Single(await File.ReadAllLinesAsync(Path));
    }

    [Fact]
    public async Task Many_written_at_one_time_are_all_on_the_disk_and_in_order()
    {
        JournalEntry[] entries = [.. Enumerable.Range(0, 500).Select(_ => Entry())];
        await using (var journal = Open(rewriteLines: 100))
        {
            await Task.WhenAll(entries.Select(journal.WriteAsync));
        }

        await using var again = Open();
        Assert.All(entries, entry => Assert.Equal(entry, again.Find(entry.Id, entry.Phase)));
    }

    [Fact]
    public async Task It_is_full_when_it_would_have_to_forget_too_soon()
    {
        await using var journal = Open(rewriteLines: 100_000);
        await Task.WhenAll(Enumerable.Range(0, CommandMemory.MaximumEntries).Select(_ => journal.WriteAsync(Entry())));
        Assert.False(journal.HasRoomFor(CommandOrigin.Cloud));
        _time.Advance(CommandMemory.Kept);
        Assert.True(journal.HasRoomFor(CommandOrigin.Cloud));
    }

    [Fact]
    public async Task Entries_of_another_boot_that_cannot_be_dated_give_way_once_they_can_be_carried_out_no_more()
    {
        await using var journal = Open(rewriteLines: 100_000);
        await Task.WhenAll(Enumerable.Range(0, CommandMemory.MaximumEntries).Select(_ => journal.WriteAsync(Entry() with { Stamp = new JournalStamp("before", 1, 1, false), LifeMs = 30_000, Result = Done() })));
        Assert.False(journal.HasRoomFor(CommandOrigin.Cloud));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(journal.HasRoomFor(CommandOrigin.Cloud));
    }

    [Fact]
    public async Task A_torn_last_line_is_passed_over_at_every_byte()
    {
        var first = Entry();
        await using (var journal = Open())
        {
            await journal.WriteAsync(first);
        }

        var whole = await File.ReadAllBytesAsync(Path);
        await using (var journal = Open())
        {
            await journal.WriteAsync(Entry());
        }

        var both = await File.ReadAllBytesAsync(Path);
        for (var length = whole.Length; length < both.Length - 1; length += 7)
        {
            await File.WriteAllBytesAsync(Path, both[..length]);
            await using var journal = Open();
            Assert.Equal(first, journal.Find(first.Id, first.Phase));
            Assert.InRange(journal.Unreadable, 0, 1);
        }
    }

    [Fact]
    public async Task A_disk_that_takes_nothing_lets_no_output_move_but_to_its_fail_safe_value()
    {
        var gear = new Switchgear(_time);
        var plan = SwitchPlan.Create(new SwitchingOptions(), gear.Assets, gear.Points, []);
        await using var board = new LiveBoard(gear, _time);
        var clock = new AssumedClock(_time, ClockQuality.Synchronised);
        using var judge = new InterlockJudge(plan, board, new LockoutBook(System.IO.Path.Combine(_directory.Path, "lockouts.json"), clock, NullLogger.Instance), [], _time);

        // It wants to write itself anew each time, and its directory is gone.
        await using var journal = Open(rewriteLines: 0);
        Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
        await using var desk = new CommandDesk(plan, board, judge, journal, clock, new FaultBook(clock), _time, NullLogger.Instance);
        var command = OwnCommand.Create(clock, "qf1", "state", PointValue.Of(true), "anna", "test");
        var result = await desk.ExecuteAsync(command, CommandOrigin.Cloud, _ => { });
        Assert.Equal((CommandState.Failed, CommandCode.HardwareFailure), (result.State, result.Code));
        Assert.Contains("it was not tried", result.Detail, StringComparison.Ordinal);
        Assert.Equal(CommandState.Failed, (await desk.ExecuteAsync(command, CommandOrigin.Cloud, _ => { })).State);
        Assert.Empty(gear.Writes);

        // Nobody is left who could mend the disk or switch by another way.
        Assert.Equal(CommandState.Executed, (await desk.ExecuteAsync(command with { Id = Guid.CreateVersion7() }, CommandOrigin.FailSafe, _ => { })).State);
        Assert.Single(gear.Writes);
    }

    private CommandJournal Open(int rewriteLines = 4096) => new(Path, Now, rewriteLines);

    private JournalStamp Now() => JournalStamp.Now(new AssumedClock(_time, ClockQuality.Synchronised), _time);

    private static CommandResult Done() => new() { Id = Guid.CreateVersion7(), Phase = CommandPhase.Direct, State = CommandState.Executed, Code = CommandCode.Ok, AtMs = 1 };

    private JournalEntry Entry() => new(Guid.CreateVersion7(), CommandPhase.Direct, "00", null, Now(), new JournalSwitch("qf1", "state", 1, "anna", "test"));
}
