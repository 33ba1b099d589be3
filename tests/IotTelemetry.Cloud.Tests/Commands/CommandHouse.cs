using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>A room of commands on the real engine with a model gateway, and its clock in the test's hand.</summary>
internal sealed class CommandHouse : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private CommandHouse(CommandRoom room, ModelGateway gateway, Fleet fleet, ManualTime time, AssetHolds holds) =>
        (Room, Gateway, Fleet, Time, Holds) = (room, gateway, fleet, time, holds);

    public static GatewayId GatewayId { get; } = new("station", "gw-1");

    public CommandRoom Room { get; }

    public ModelGateway Gateway { get; }

    public Fleet Fleet { get; }

    public ManualTime Time { get; }

    public AssetHolds Holds { get; }

    public static AssetId Load(int number = 1) => new("station", $"load-{number}");

    public static async Task<CommandHouse> OpenAsync(
        IClickHouseEngine engine, DatabaseName database, ManualTime? time = null, ModelGateway? gateway = null, CommandOptions? options = null, string kind = "load")
    {
        time ??= new ManualTime();
        gateway ??= new ModelGateway(GatewayId, time);
        Fleet fleet = new(GatewayId, kind);
        AssetHolds holds = new();

        // No answer waits for the next one: by this clock that would be for ever.
        CommandRoom room = new(engine, database, gateway, fleet, holds, ((options ?? new CommandOptions()) with { AnswerLinger = TimeSpan.Zero }).Validate(), time, NullLoggerFactory.Instance, () => 0);
        CommandHouse house = new(room, gateway, fleet, time, holds);
        await room.StartAsync(CancellationToken.None);
        return house;
    }

    public static CommandOrder Order(int load = 1, bool value = false, string author = "a.meier") => new()
    {
        Asset = Load(load),
        Value = PointValue.Of(value),
        Author = author,
        Reason = "test",
    };

    /// <summary>Asks for a command that is taken.</summary>
    public async Task<TrackedCommand> RequestAsync(CommandOrder order) => Assert.IsType<CommandOutcome.Taken>(await Room.Desk.RequestAsync(order)).Command;

    /// <summary>Asks for a command that is refused.</summary>
    public async Task<CommandTransition> RefusedAsync(CommandOrder order) => Assert.IsType<CommandOutcome.Refused>(await Room.Desk.RequestAsync(order)).Command.History[^1];

    /// <summary>Brings messages and answers until none is left.</summary>
    public async Task ExchangeAsync()
    {
        for (int round = 0; round < 1000; round++)
        {
            bool delivered = Gateway.Deliver();
            if (Gateway.TakeAnswer(0) is { } answer)
            {
                Assert.True(await Room.Desk.AnswerAsync(GatewayId, answer, CancellationToken.None));
            }
            else if (!delivered)
            {
                return;
            }
        }

        throw new InvalidOperationException("cloud and gateway do not come to an end with each other");
    }

    /// <summary>Lets time pass and brings messages and answers until all commands of a bulk have come to their ends. Commands exchange at the same time, each in its order.</summary>
    public Task RunBulkAsync(Guid bulk)
    {
        TrackedCommand[] commands = [.. Room.Book.All.Where(command => command.Request.Bulk?.Id == bulk)];
        return AdvanceUntilAsync(() => commands.All(command => command.Stage.IsFinal()), ExchangeAllAsync);
    }

    /// <summary>Lets time pass until something holds.</summary>
    public async Task AdvanceUntilAsync(Func<bool> holds, Func<Task>? meanwhile = null)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!holds())
        {
            Time.Advance(TimeSpan.FromMilliseconds(20));
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            await Task.Delay(1, limit.Token);
        }
    }

    private async Task ExchangeAllAsync()
    {
        while (Gateway.Deliver())
        {
        }

        List<CommandResult> answers = [];
        while (Gateway.TakeAnswer(0) is { } answer)
        {
            answers.Add(answer);
        }

        await Task.WhenAll(answers.GroupBy(answer => answer.Id).Select(async ofOne =>
        {
            foreach (CommandResult answer in ofOne)
            {
                await Room.Desk.AnswerAsync(GatewayId, answer, CancellationToken.None);
            }
        }));
    }

    /// <summary>Waits until a command is in a stage.</summary>
    public static Task WaitAsync(TrackedCommand command, CommandStage stage) => EventuallyAsync(() => command.Stage == stage, () => $"the command is {command.Stage}, not {stage}");

    /// <summary>Waits, for a minute, until something holds.</summary>
    public static async Task EventuallyAsync(Func<bool> holds, Func<string> otherwise)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!holds())
        {
            Assert.False(limit.IsCancellationRequested, otherwise());
            await Task.Delay(1);
        }
    }

    public ValueTask DisposeAsync() => Room.DisposeAsync();
}
