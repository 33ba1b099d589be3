using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>
/// Two loads, and whatever may happen to their commands, one step after another: the service dies before, between and after its inserts, messages and answers are lost, doubled and late, and the
/// gateway's clock is minutes off. In the end everybody is back, and what the audit says is held against what the gateway did.
/// </summary>
internal sealed class CommandSequence(EngineFixture fixture, DatabaseName database, ManualTime time, int number) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly ModelGateway _gateway = new(CommandHouse.GatewayId, time, TimeSpan.FromMinutes((number % 3 * 5) - 5)) { TrustsItsClock = number % 4 == 0 };
    private readonly List<Guid> _asked = [];
    private readonly List<Guid> _sentUnrecorded = [];
    private readonly HashSet<Guid> _locked = [];
    private InsertFault _fault;
    private FaultyEngine _engine = null!;
    private CommandHouse _house = null!;
    private int _boot;

    public async Task RunAsync(IReadOnlyList<SequenceStep> steps)
    {
        _gateway.BeforeSend = NoteUnrecordedAsync;
        await StartAsync();
        foreach (SequenceStep step in steps)
        {
            Task doing = DoAsync(step);
            if (await Task.WhenAny(doing, _engine.Crashed).WaitAsync(Limit) != doing || _engine.Crashed.IsCompleted)
            {
                await RestartAsync();
                await doing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                await doing;
            }
        }

        await HealAsync();
        await CheckAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private AssetId Asset(int which) => CommandHouse.Load((number * 2) + which);

    private async Task StartAsync()
    {
        _fault = InsertFault.None;
        _engine = new FaultyEngine(fixture.Engine, (_, _) => _fault);
        _house = await CommandHouse.OpenAsync(_engine, database, time, _gateway);
    }

    private async Task RestartAsync()
    {
        await DisposeAsync();
        await StartAsync();
    }

    private Task DoAsync(SequenceStep step)
    {
        switch (step)
        {
            case SequenceStep.AskDirect or SequenceStep.AskSelect or SequenceStep.AskOther:
                return AskAsync(step == SequenceStep.AskOther ? 1 : 0, step == SequenceStep.AskSelect);
            case SequenceStep.Deliver or SequenceStep.DeliverTwice:
                _gateway.Deliver(twice: step == SequenceStep.DeliverTwice);
                return Task.CompletedTask;
            case SequenceStep.LoseMessages:
                _gateway.LoseMessages();
                return Task.CompletedTask;
            case SequenceStep.Answer:
                return AnswerAsync(_gateway.TakeAnswer(0));
            case SequenceStep.AnswerLate:
                return AnswerAsync(_gateway.TakeAnswer(1));
            case SequenceStep.AnswerTwice:
                return AnswerAsync(_gateway.TakeAnswer(0, twice: true));
            case SequenceStep.LoseAnswer:
                _gateway.TakeAnswer(0);
                return Task.CompletedTask;
            case SequenceStep.Wait:
                time.Advance(TimeSpan.FromSeconds(1));
                return Task.CompletedTask;
            case SequenceStep.WaitLong:
                time.Advance(TimeSpan.FromSeconds(31));
                return Task.CompletedTask;
            case SequenceStep.Cancel:
                return _asked.Count > 0 && _house.Room.Book.Find(_asked[^1]) is { } last ? _house.Room.Desk.CancelAsync(last, "b.roth", "changed my mind") : Task.CompletedTask;
            case SequenceStep.Lock:
                return _house.Room.LockoutDesk.SetAsync(Asset(0), "anna", "work", null, default, CancellationToken.None);
            case SequenceStep.Unlock:
                return _house.Room.LockoutDesk.LiftAsync(Asset(0), null, "anna", default, CancellationToken.None);
            case SequenceStep.GatewayGone or SequenceStep.GatewayGoneUnheard:
                _gateway.Disconnect();
                if (step == SequenceStep.GatewayGone)
                {
                    _house.Room.Hear(CommandHouse.GatewayId, CommandRoomTests.Status($"boot-{_boot}") with { State = GatewayState.Offline });
                }

                return Task.CompletedTask;
            case SequenceStep.GatewayBack:
                Hear();
                return Task.CompletedTask;
            case SequenceStep.BrokerAway:
                _gateway.IsReachable = !_gateway.IsReachable;
                return Task.CompletedTask;
            case SequenceStep.CrashBeforeInsert or SequenceStep.CrashAfterInsert:
                _fault = step == SequenceStep.CrashBeforeInsert ? InsertFault.CrashBefore : InsertFault.CrashAfter;
                return Task.CompletedTask;
            default:
                return RestartAsync();
        }
    }

    private async Task AskAsync(int which, bool select)
    {
        bool isLocked = _house.Room.Lockouts.Objection(Asset(which)) is not null;
        CommandOrder order = CommandHouse.Order() with { Asset = Asset(which), SelectFirst = select };
        TrackedCommand? command = await _house.Room.Desk.RequestAsync(order) switch
        {
            CommandOutcome.Taken taken => taken.Command,
            CommandOutcome.Refused refused => refused.Command,
            _ => null,
        };
        _asked.Add(command!.Request.Id);
        if (isLocked)
        {
            _locked.Add(command.Request.Id);
        }
    }

    private Task AnswerAsync(CommandResult? answer) => answer is null ? Task.CompletedTask : _house.Room.Desk.AnswerAsync(CommandHouse.GatewayId, answer, CancellationToken.None);

    private void Hear()
    {
        _gateway.Connect();
        _house.Room.Hear(CommandHouse.GatewayId, CommandRoomTests.Status($"boot-{++_boot}"));
    }

    private async Task NoteUnrecordedAsync(Command command)
    {
        string stages = await fixture.TextAsync($"SELECT arrayStringConcat(groupArray(stage), ',') FROM {database}.commands WHERE id = '{SendingId.Parse(command.Id).Command}'");
        string needed = command.Phase == CommandPhase.Select ? "selecting" : command.Phase == CommandPhase.Cancel ? "requested" : "sent";
        if (!stages.Split(',').Contains(needed))
        {
            _sentUnrecorded.Add(command.Id);
        }
    }

    private async Task HealAsync()
    {
        await RestartAsync();
        _gateway.IsReachable = true;
        Hear();
        using CancellationTokenSource limit = new(Limit);
        while (_house.Room.Book.All.Any(command => !command.Stage.IsFinal()))
        {
            await _house.ExchangeAsync();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, limit.Token);
        }

        await _house.ExchangeAsync();
        await _house.Room.LockoutDesk.LiftAsync(Asset(0), null, "anna", default, CancellationToken.None);
    }

    private async Task CheckAsync()
    {
        Assert.Empty(_sentUnrecorded);
        foreach (int which in (int[])[0, 1])
        {
            foreach (TrackedCommand command in await _house.Room.Archive.ListAsync(new AuditQuery { Asset = Asset(which).Name, Limit = 1000 }, CancellationToken.None))
            {
                Check(command, _gateway.Moved.Count(id => SendingId.Parse(id).Command == command.Request.Id));
            }
        }
    }

    private void Check(TrackedCommand command, int moved)
    {
        string life = string.Join(" ", command.History.Select(row => $"{row.Number}:{row.Stage}({row.Evidence.Code})"));
        Assert.Equal(Enumerable.Range(1, command.History.Count), command.History.Select(row => row.Number));
        foreach ((CommandTransition before, CommandTransition after) in command.History.Zip(command.History.Skip(1)))
        {
            Assert.True(Enum.GetValues<CommandTrigger>().Any(trigger => CommandTransitions.Next(before.Stage, trigger)?.Stage == after.Stage), life);
        }

        Assert.True(moved <= 1, $"moved {moved} times: {life}");
        Assert.False(moved > 0 && _locked.Contains(command.Request.Id), $"moved under lockout: {life}");
        CommandTransition end = command.History[^1];
        Assert.True(moved == 1 ? end.Stage == CommandStage.Verified || end.Evidence.Code == CloudCode.NoAnswer : end.Stage is CommandStage.Expired or CommandStage.Rejected or CommandStage.Cancelled, $"moved {moved} times: {life}");
    }
}
