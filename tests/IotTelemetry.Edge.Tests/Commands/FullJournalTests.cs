using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Health;
using IotTelemetry.Edge.Interlocks;
using IotTelemetry.Edge.Live;
using IotTelemetry.Hardware.Tests;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Commands;

/// <summary>More commands than a gateway can remember: SPECIFICATION.md, section 7.2, "Repeats". No clock of the gateway's is believed here, and a repeat always comes with its whole life.</summary>
public sealed class FullJournalTests : IAsyncDisposable
{
    private const int Maximum = 16;

    private readonly TempDirectory _directory = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Switchgear _gear;
    private readonly LiveBoard _board;
    private readonly ManualClock _clock;
    private CommandJournal _journal = null!;
    private InterlockJudge _judge = null!;
    private CommandDesk _desk = null!;

    public FullJournalTests()
    {
        _gear = new Switchgear(_time);
        _board = new LiveBoard(_gear, _time);
        _clock = new ManualClock(_time) { Quality = ClockQuality.Unknown };
        Open();
    }

    private string JournalPath => Path.Combine(_directory.Path, "commands.jsonl");

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _board.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_can_be_carried_out_no_more_gives_way_and_is_never_carried_out_again()
    {
        Command[] early = [.. Enumerable.Range(0, Maximum).Select(_ => New())];
        foreach (var command in early)
        {
            Assert.Equal(CommandState.Executed, (await SendAsync(command)).State);
        }

        Assert.Equal(CommandCode.Busy, (await SendAsync(New())).Code);
        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));
        Assert.Equal(CommandState.Executed, (await SendAsync(New())).State);
        var writes = _gear.Writes.Count;

        // Forgotten, and refused all the same; the younger ones are still answered with what they did.
        Assert.Equal((CommandState.Failed, CommandCode.Expired), Outcome(await SendAsync(early[0])));
        Assert.Equal(CommandState.Executed, (await SendAsync(early[^1])).State);
        await CloseAsync();
        Open();
        Assert.Equal((CommandState.Failed, CommandCode.Expired), Outcome(await SendAsync(early[0])));
        Assert.Equal(writes, _gear.Writes.Count);
        Assert.Equal(CommandState.Executed, (await SendAsync(New())).State);
    }

    [Fact]
    public async Task What_may_still_be_carried_out_is_kept_and_more_is_turned_away_for_good_without_filling_the_disk()
    {
        for (var i = 0; i < Maximum; i++)
        {
            await SendAsync(New(lifeSeconds: 7200));
        }

        var length = new FileInfo(JournalPath).Length;
        Command[] refused = [.. Enumerable.Range(0, 500).Select(_ => New(lifeSeconds: 20_000))];
        foreach (var command in refused)
        {
            Assert.Equal((CommandState.Rejected, CommandCode.Busy), Outcome(await SendAsync(command)));
        }

        Assert.InRange(new FileInfo(JournalPath).Length, length, length + 200);
        _time.Advance(TimeSpan.FromHours(2) + TimeSpan.FromMinutes(2));
        var writes = _gear.Writes.Count;
        Assert.Equal(CommandCode.Busy, (await SendAsync(refused[0])).Code);
        await CloseAsync();
        Open();
        Assert.Equal(CommandCode.Busy, (await SendAsync(refused[^1])).Code);
        Assert.Equal(writes, _gear.Writes.Count);
        Assert.Equal(CommandState.Executed, (await SendAsync(New())).State);
    }

    [Fact]
    public async Task There_is_always_room_for_who_stands_at_the_gateway_and_for_the_fail_safe()
    {
        for (var i = 0; i <= Maximum; i++)
        {
            await SendAsync(New(lifeSeconds: 7200));
        }

        Assert.Equal(CommandCode.Busy, (await SendAsync(New())).Code);
        Assert.Equal(CommandState.Executed, (await SendAsync(New(), CommandOrigin.Local)).State);
        Assert.Equal(CommandState.Executed, (await SendAsync(New(), CommandOrigin.FailSafe)).State);
    }

    [Fact]
    public async Task Switchings_of_the_last_hour_are_kept_for_the_starts_per_hour()
    {
        for (var i = 0; i < Maximum; i++)
        {
            await SendAsync(New());
        }

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(CommandCode.Busy, (await SendAsync(New())).Code);
        Assert.Equal(Maximum, _journal.Switches().Count);
    }

    [Fact]
    public async Task A_command_of_a_cloud_whose_clock_was_fast_keeps_no_later_one_from_being_carried_out()
    {
        _clock.Quality = ClockQuality.Synchronised;
        const long year = 365 * 86_400_000L;
        var now = New();
        var fast = now with { IssuedMs = now.IssuedMs + year, ExpiresMs = now.ExpiresMs + year };
        Assert.Equal(CommandState.Executed, (await SendAsync(fast)).State);
        _time.Advance(TimeSpan.FromHours(25));
        for (var i = 0; i < 2 * Maximum; i++)
        {
            Assert.Equal(CommandState.Executed, (await SendAsync(New())).State);
            _time.Advance(TimeSpan.FromHours(2));
        }

        await CloseAsync();
        Open();
        var writes = _gear.Writes.Count;
        Assert.Equal(CommandState.Executed, (await SendAsync(fast)).State);
        Assert.Equal(writes, _gear.Writes.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_sequence_of_commands_repeats_restarts_and_time_carries_one_out_twice(int seed)
    {
        var random = new Random(seed);
        var sent = new List<Command>();
        var done = new HashSet<Guid>();
        for (var step = 0; step < 300; step++)
        {
            var isRepeat = sent.Count > 0 && random.Next(2) == 0;
            var command = isRepeat ? sent[random.Next(sent.Count)] : New(lifeSeconds: random.Next(1, 4000));
            sent.Add(command);
            var before = _gear.Writes.Count;
            await SendAsync(command);
            Assert.True(_gear.Writes.Count == before || done.Add(command.Id), $"step {step}: {command.Id} was carried out before");
            _time.Advance(TimeSpan.FromSeconds(random.Next(10) == 0 ? random.Next(4000) : random.Next(3)));
            if (random.Next(20) == 0)
            {
                await CloseAsync();
                Open();
            }
        }

        Assert.NotEqual(0, _journal.ForgottenMs);
        Assert.NotEqual(-1, _journal.TurnedAwayMs);
    }

    private static (CommandState State, CommandCode Code) Outcome(CommandResult result) => (result.State, result.Code);

    private Task<CommandResult> SendAsync(Command command, CommandOrigin origin = CommandOrigin.Cloud) => _desk.ExecuteAsync(command, origin, _ => { });

    // By the cloud's clock, which is right.
    private Command New(int lifeSeconds = 30)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return new Command
        {
            Id = Guid.CreateVersion7(),
            Phase = CommandPhase.Direct,
            Asset = "qf1",
            Point = "state",
            Value = PointValue.Of(true),
            Author = "anna",
            Reason = "test",
            IssuedMs = nowMs,
            ExpiresMs = nowMs + (lifeSeconds * 1000),
            LifeMs = lifeSeconds * 1000,
        };
    }

    private void Open()
    {
        var plan = SwitchPlan.Create(new SwitchingOptions(), _gear.Assets, _gear.Points, []);
        var lockouts = new LockoutBook(Path.Combine(_directory.Path, "lockouts.json"), _clock, NullLogger.Instance);
        _journal = new CommandJournal(JournalPath, () => JournalStamp.Now(_clock, _time), rewriteLines: 64, maximum: Maximum);
        _judge = new InterlockJudge(plan, _board, lockouts, _journal.Switches(), _time);
        _desk = new CommandDesk(plan, _board, _judge, _journal, _clock, new FaultBook(_clock), _time, NullLogger.Instance);
    }

    private async Task CloseAsync()
    {
        await _desk.DisposeAsync();
        _judge.Dispose();
        await _journal.DisposeAsync();
    }
}
