using IotTelemetry.Cloud.Commands;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>Every stage with every trigger, against a table written by hand from SPECIFICATION.md, section 7.</summary>
public sealed class CommandTransitionsTests
{
    // A row is a trigger, a column a stage; "." is no transition, "~" the same stage, what follows "!" is said to the gateway.
    private const string Table =
        """
        .                 Requested            Waiting              Selecting            Selected             Sent         Accepted     Executed Verified Unverified Rejected Expired    Failed   Cancelled
        StartDirect       Sent!SendDirect      Sent!SendDirect      .                    .                    .            .            .        .        .          .        .          .        .
        StartSelect       Selecting!SendSelect Selecting!SendSelect .                    .                    .            .            .        .        .          .        .          .        .
        Hold              Waiting              .                    .                    .                    .            .            .        .        .          .        .          .        .
        Unreached         .                    .                    Waiting              .                    Waiting      .            .        .        .          .        .          .        .
        Operate           .                    .                    .                    Sent!SendOperate     .            .            .        .        .          .        .          .        .
        Refuse            Rejected             Rejected             Rejected!SendCancel  Rejected!SendCancel  .            .            .        .        .          .        .          .        .
        Cancel            Cancelled            Cancelled            Cancelled!SendCancel Cancelled!SendCancel ~!SendCancel ~!SendCancel .        .        .          .        .          .        .
        Due               Expired              Expired              Expired!SendCancel   Expired!SendCancel   ~!Ask        ~!Ask        ~!Ask    .        .          .        .          .        .
        GiveUp            Expired              Expired              Expired!SendCancel   Expired!SendCancel   Expired      Expired      Failed   .        .          .        .          .        .
        Resume            .                    .                    ~!SendSelect         .                    ~!Ask        ~!Ask        ~!Ask    .        .          .        .          .        .
        SelectDone        .                    .                    Selected             .                    .            .            .        .        .          .        .          .        .
        SelectRejected    .                    .                    Rejected             .                    .            .            .        .        .          .        .          .        .
        SelectExpired     .                    .                    Expired              .                    .            .            .        .        .          .        .          .        .
        SelectFailed      .                    .                    Failed               .                    .            .            .        .        .          .        .          .        .
        Accepted          .                    .                    .                    .                    Accepted     .            .        .        .          .        .          .        .
        Executed          .                    .                    .                    .                    Executed     Executed     .        .        .          .        Executed   .        .
        ExecutedUnwatched .                    .                    .                    .                    Unverified   Unverified   .        .        .          .        Unverified .        .
        Verified          .                    .                    .                    .                    Verified     Verified     Verified .        .          .        Verified   Verified .
        Rejected          .                    .                    .                    .                    Rejected     Rejected     .        .        .          .        Rejected   .        .
        Expired           .                    .                    .                    .                    Expired      Expired      .        .        .          .        .          .        .
        Failed            .                    .                    .                    .                    Failed       Failed       Failed   .        .          .        Failed     .        .
        Cancelled         .                    .                    .                    .                    Cancelled    Cancelled    .        .        .          .        Cancelled  .        .
        """;

    public static TheoryData<string, string, string> Cells()
    {
        string[][] rows = [.. Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        TheoryData<string, string, string> cells = [];
        foreach (string[] row in rows.Skip(1))
        {
            for (int column = 1; column < row.Length; column++)
            {
                cells.Add(rows[0][column], row[0], row[column]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_trigger_leads_where_the_table_says(string stage, string trigger, string cell)
    {
        CommandStage from = Enum.Parse<CommandStage>(stage);
        string[] parts = cell.Split('!');
        CommandStep? expected = cell == "." ? null : new CommandStep(
            parts[0] == "~" ? from : Enum.Parse<CommandStage>(parts[0]),
            parts.Length > 1 ? Enum.Parse<CommandEffect>(parts[1]) : CommandEffect.None);

        Assert.Equal(expected, CommandTransitions.Next(from, Enum.Parse<CommandTrigger>(trigger)));
    }

    [Fact]
    public void The_table_has_every_stage_and_every_trigger()
    {
        string[][] rows = [.. Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal(Enum.GetNames<CommandStage>().Order(), rows[0].Skip(1).Order());
        Assert.Equal(Enum.GetNames<CommandTrigger>().Order(), rows.Skip(1).Select(row => row[0]).Order());
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
    }

    [Fact]
    public void The_message_that_moves_an_output_is_said_again_only_when_it_is_proved_that_it_was_lost()
    {
        HashSet<(CommandStage, bool)> seen = [];
        Queue<(CommandStage Stage, bool Said)> open = new([(CommandStage.Requested, false)]);
        while (open.TryDequeue(out (CommandStage Stage, bool Said) at))
        {
            foreach (CommandTrigger trigger in Enum.GetValues<CommandTrigger>())
            {
                if (CommandTransitions.Next(at.Stage, trigger) is not { } step)
                {
                    continue;
                }

                bool moves = step.Effect is CommandEffect.SendDirect or CommandEffect.SendOperate;
                Assert.False(moves && at.Said, $"{at.Stage} says it again at {trigger}");
                (CommandStage, bool) next = (step.Stage, (at.Said || moves) && trigger != CommandTrigger.Unreached);
                if (seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        Assert.Contains((CommandStage.Verified, true), seen);
    }

    [Fact]
    public void Every_stage_that_is_not_final_ends_when_the_clock_says_so()
    {
        foreach (CommandStage stage in Enum.GetValues<CommandStage>().Where(stage => !stage.IsFinal()))
        {
            Assert.True(CommandTransitions.Next(stage, CommandTrigger.GiveUp) is { } step && step.Stage.IsFinal(), $"{stage} never ends");
        }
    }
}
