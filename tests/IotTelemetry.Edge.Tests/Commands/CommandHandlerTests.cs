using IotTelemetry.Edge.Commands;
using IotTelemetry.Hardware.Tests;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Commands;

public sealed class CommandHandlerTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StubBoard _board = new();
    private CommandJournal _journal;
    private CommandHandler _handler;

    public CommandHandlerTests()
    {
        _journal = new CommandJournal(JournalPath);
        _handler = Handler();
    }

    private string JournalPath => Path.Combine(_directory.Path, "commands.jsonl");

    public void Dispose()
    {
        _journal.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_direct_command_sets_the_output()
    {
        Assert.Equal((CommandState.Executed, CommandCode.Ok), Handle(Open("load-01")));
        Assert.Equal([(0, 0.0)], _board.Writes);
    }

    [Fact]
    public void A_late_command_is_never_executed()
    {
        var command = Open("load-01");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((CommandState.Expired, CommandCode.Expired), Handle(command));
        Assert.Equal((CommandState.Expired, CommandCode.Expired), Handle(Open("load-01") with { LifeMs = 0 }));
        Assert.Empty(_board.Writes);
    }

    [Fact]
    public void A_clock_that_is_behind_executes_nothing()
    {
        var command = Open("load-01");
        _time.Advance(TimeSpan.FromHours(-1));
        Assert.Equal((CommandState.Rejected, CommandCode.ClockUnknown), Handle(command));
    }

    [Fact]
    public void A_repeat_is_answered_and_not_repeated_also_after_a_restart()
    {
        var open = Open("load-01");
        Assert.Equal(CommandState.Executed, Handle(open).State);
        _time.Advance(TimeSpan.FromSeconds(1));

        // The remaining life differs in each sending; the repeat is long after the expiry, and still answered with what was done.
        Assert.Equal(CommandState.Executed, Handle(open with { LifeMs = 1 }).State);
        Restart();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((CommandState.Executed, CommandCode.Ok), Handle(open));
        Assert.Single(_board.Writes);
    }

    [Fact]
    public void An_id_used_again_for_something_else_is_rejected()
    {
        var open = Open("load-01");
        Handle(open);
        Assert.Equal((CommandState.Rejected, CommandCode.Duplicate), Handle(open with { Asset = "load-02" }));
    }

    [Fact]
    public void A_command_that_was_cut_off_by_a_crash_is_reported_failed_and_not_executed_again()
    {
        var open = Open("load-01");
        Handle(open);
        _journal.Dispose();
        var begun = File.ReadAllLines(JournalPath)[0];
        Assert.DoesNotContain("result", begun, StringComparison.OrdinalIgnoreCase);
        File.WriteAllText(JournalPath, begun + "\n{\"id\":\"torn");
        Restart();

        Assert.Equal(1, _journal.Unreadable);
        Assert.Equal((CommandState.Failed, CommandCode.ShuttingDown), Handle(open));
        Assert.Single(_board.Writes);
    }

    [Theory]
    [InlineData("load-99", "state", CommandCode.UnknownPoint)]
    [InlineData("load-01", "brightness", CommandCode.UnknownPoint)]
    [InlineData("load-01", "power_w", CommandCode.NotSettable)]
    public void What_cannot_be_set_is_rejected(string asset, string point, CommandCode code) =>
        Assert.Equal((CommandState.Rejected, code), Handle(Open(asset) with { Point = point }));

    [Fact]
    public void A_value_of_another_type_is_rejected() =>
        Assert.Equal((CommandState.Rejected, CommandCode.WrongType), Handle(Open("load-01") with { Value = PointValue.Of(0.0) }));

    [Fact]
    public void An_expected_value_guards_the_command()
    {
        Assert.Equal((CommandState.Rejected, CommandCode.UnexpectedValue), Handle(Open("load-01") with { Expected = PointValue.Of(false) }));
        Assert.Equal(CommandState.Executed, Handle(Open("load-01") with { Expected = PointValue.Of(true) }).State);
    }

    [Fact]
    public void Select_before_operate_moves_the_output_with_the_second_message()
    {
        var select = Open("load-01") with { Phase = CommandPhase.Select };
        Assert.Equal(CommandState.Selected, Handle(select).State);
        Assert.Empty(_board.Writes);
        Assert.Equal((CommandState.Rejected, CommandCode.Busy), Handle(Open("load-01")));
        Assert.Equal((CommandState.Rejected, CommandCode.NotSelected), Handle(Open("load-02") with { Phase = CommandPhase.Operate }));
        Assert.Equal(CommandState.Executed, Handle(select with { Phase = CommandPhase.Operate }).State);
        Assert.Single(_board.Writes);
    }

    [Fact]
    public void A_select_is_given_up_by_cancel_and_by_time()
    {
        var select = Open("load-01", lifeSeconds: 120) with { Phase = CommandPhase.Select };
        Handle(select);
        Assert.Equal(CommandState.Cancelled, Handle(select with { Phase = CommandPhase.Cancel, Value = null }).State);
        Assert.Equal(CommandCode.NotSelected, Handle(select with { Phase = CommandPhase.Operate }).Code);

        var again = Open("load-01", lifeSeconds: 120) with { Phase = CommandPhase.Select };
        Handle(again);
        _time.Advance(CommandHandler.SelectTimeout);
        Assert.Equal(CommandCode.SelectTimeout, Handle(again with { Phase = CommandPhase.Operate }).Code);
        Assert.Empty(_board.Writes);
    }

    [Fact]
    public void An_output_that_fails_is_told_and_the_same_id_is_not_tried_again()
    {
        _board.WriteFails = new IOException("line 4 of gpiochip0 is busy");
        var open = Open("load-01");
        Assert.Equal((CommandState.Failed, CommandCode.HardwareFailure), Handle(open));
        _board.WriteFails = null;
        Assert.Equal((CommandState.Failed, CommandCode.HardwareFailure), Handle(open));
        Assert.Empty(_board.Writes);
    }

    [Fact]
    public void A_message_that_cannot_be_read_has_no_answer() => Assert.Null(_handler.Handle("{}"u8.ToArray()));

    [Fact]
    public void The_journal_stays_bounded_and_keeps_the_newest()
    {
        var first = Entry();
        _journal.Write(first);
        JournalEntry last = first;
        for (var i = 0; i < CommandJournal.Kept; i++)
        {
            _journal.Write(last = Entry());
        }

        Restart();
        Assert.Null(_journal.Find(first.Id, first.Phase));
        Assert.Equal(last, _journal.Find(last.Id, last.Phase));
        Assert.Equal(CommandJournal.Kept, File.ReadAllLines(JournalPath).Length);
    }

    private static JournalEntry Entry() => new(Guid.CreateVersion7(), CommandPhase.Direct, "00", null);

    private CommandHandler Handler() => new(_board, _ => PointValue.Of(true), _journal, _time, NullLogger.Instance);

    private void Restart()
    {
        _journal.Dispose();
        _journal = new CommandJournal(JournalPath);
        _handler = Handler();
    }

    private (CommandState State, CommandCode Code) Handle(Command command)
    {
        var result = CommandResult.Decode(_handler.Handle(command.Encode())!.Value.Span);
        Assert.Equal((command.Id, command.Phase), (result.Id, result.Phase));
        return (result.State, result.Code);
    }

    private Command Open(string asset, int lifeSeconds = 10) => new()
    {
        Id = Guid.CreateVersion7(),
        Phase = CommandPhase.Direct,
        Asset = asset,
        Point = "state",
        Value = PointValue.Of(false),
        Author = "anna",
        Reason = "test",
        IssuedMs = _time.GetUtcNow().ToUnixTimeMilliseconds(),
        ExpiresMs = _time.GetUtcNow().ToUnixTimeMilliseconds() + (lifeSeconds * 1000),
        LifeMs = lifeSeconds * 1000,
    };
}
