using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>Commands to gateways that are away, or that a message did not reach: they wait, are sent with the life that is left, and move the output once at most.</summary>
[Collection(EngineTests.Name)]
public sealed class CommandWaitTests(EngineFixture fixture)
{
    [Theory]
    [InlineData("load", "requested,waiting,sent,accepted,executed,verified")]
    [InlineData("breaker", "requested,waiting,selecting,selected,sent,accepted,executed,verified")]
    public async Task It_waits_for_its_gateway_and_goes_on_with_the_life_that_is_left(string kind, string life)
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database, kind: kind);
        Leave(house);

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        Assert.Equal((CommandStage.Waiting, CloudCode.GatewayAway), (command.Stage, command.History[^1].Evidence.Code));
        Assert.Equal("waiting", house.Holds.Of(CommandHouse.Load()).Pending!.State);
        Assert.Equal("busy", (await house.RefusedAsync(CommandHouse.Order())).Evidence.Code);
        house.Time.Advance(TimeSpan.FromSeconds(10));
        Return(house);
        await ExchangeUntilAsync(house, command, CommandStage.Verified);

        Assert.Equal(20_000, house.Gateway.Published.First().LifeMs);
        Assert.Single(house.Gateway.Moved);
        Assert.Equal(life, await StagesAsync(database, command));
    }

    [Fact]
    public async Task It_expires_while_its_gateway_is_away_and_is_never_sent()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        Leave(house);
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());

        house.Time.Advance(TimeSpan.FromSeconds(31));
        await CommandHouse.WaitAsync(command, CommandStage.Expired);
        Return(house);
        TrackedCommand next = await house.RequestAsync(CommandHouse.Order(value: true));
        await ExchangeUntilAsync(house, next, CommandStage.Verified);

        Assert.Equal(next.Request.Id, SendingId.Parse(Assert.Single(house.Gateway.Moved)).Command);
        Assert.All(house.Gateway.Published, message => Assert.Equal(next.Request.Id, SendingId.Parse(message.Id).Command));
    }

    [Fact]
    public async Task A_gateway_that_only_the_broker_knows_to_be_gone_is_waited_for_too()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database);
        Return(house);
        house.Gateway.Disconnect();

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        Assert.Equal(CommandStage.Waiting, command.Stage);
        house.Gateway.Connect();

        // The connection was so short away that the gateway says nothing new of itself.
        house.Room.Hear(CommandHouse.GatewayId, CommandRoomTests.Status("boot-2"));
        await ExchangeUntilAsync(house, command, CommandStage.Verified);

        Assert.Single(house.Gateway.Moved);
        Assert.Equal("requested,sent,waiting,sent,accepted,executed,verified", await StagesAsync(database, command));
    }

    [Fact]
    public async Task What_waits_is_taken_up_after_a_restart_of_the_service()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        ManualTime time = new();
        ModelGateway gateway = new(CommandHouse.GatewayId, time);
        Guid id;
        await using (CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database, time, gateway))
        {
            Leave(house);
            id = (await house.RequestAsync(CommandHouse.Order())).Request.Id;
        }

        await using CommandHouse restarted = await CommandHouse.OpenAsync(fixture.Engine, database, time, gateway);
        TrackedCommand command = restarted.Room.Book.Find(id)!;
        Assert.Equal(CommandStage.Waiting, command.Stage);
        Return(restarted);
        await ExchangeUntilAsync(restarted, command, CommandStage.Verified);

        Assert.Single(gateway.Moved);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("breaker")]
    public async Task A_message_that_was_lost_is_sent_anew_once_the_gateway_has_said_that_it_never_had_it(string kind)
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), kind: kind);
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        if (kind == "breaker")
        {
            Assert.True(house.Gateway.Deliver());
            Assert.True(await house.Room.Desk.AnswerAsync(CommandHouse.GatewayId, house.Gateway.TakeAnswer(0)!, CancellationToken.None));
        }

        Assert.Equal(CommandStage.Sent, command.Stage);
        house.Gateway.LoseMessages();
        house.Time.Advance(TimeSpan.FromSeconds(5));
        Return(house);
        await ExchangeUntilAsync(house, command, CommandStage.Verified);

        Assert.Equal(SendingId.Of(command.Request.Id, 1), Assert.Single(house.Gateway.Moved));
        CommandTransition lost = Assert.Single(command.History, row => row.Stage == CommandStage.Waiting);
        Assert.Equal((CloudCode.NotReceived, CommandHouse.GatewayId.ToString()), (lost.Evidence.Code, lost.Evidence.Actor));
        Assert.Equal(25_000, house.Gateway.Published.Last().LifeMs);
    }

    [Fact]
    public async Task A_broker_that_was_away_is_asked_about_nothing_that_is_sent_twice()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        house.Gateway.IsReachable = false;
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        Assert.Equal(CommandStage.Sent, command.Stage);

        house.Gateway.IsReachable = true;
        Return(house);
        await CommandHouse.EventuallyAsync(() => !house.Gateway.Published.IsEmpty, () => "the gateway is not asked");
        Assert.Equal(0, Assert.Single(house.Gateway.Published).LifeMs);
        await ExchangeUntilAsync(house, command, CommandStage.Verified);

        Assert.Single(house.Gateway.Moved);
    }

    [Fact]
    public async Task A_gateway_that_has_carried_it_out_is_not_sent_it_anew()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        Assert.True(house.Gateway.Deliver());
        while (house.Gateway.TakeAnswer(0) is not null)
        {
            // The answers are lost with the connection.
        }

        Return(house);
        await ExchangeUntilAsync(house, command, CommandStage.Verified);

        Assert.Single(house.Gateway.Moved);
        Assert.All(house.Gateway.Published, message => Assert.Equal(command.Request.Id, message.Id));
    }

    [Fact]
    public async Task An_answer_to_an_earlier_sending_does_not_end_the_present_one()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        house.Gateway.LoseMessages();
        Return(house);
        await CommandHouse.EventuallyAsync(() => house.Gateway.Waiting > 0, () => "the gateway is not asked");
        Assert.True(house.Gateway.Deliver());
        CommandResult lost = house.Gateway.TakeAnswer(0)!;
        Assert.True(await house.Room.Desk.AnswerAsync(CommandHouse.GatewayId, lost, CancellationToken.None));
        Assert.Equal((CommandStage.Sent, 1), (command.Stage, command.Sending));

        Assert.True(await house.Room.Desk.AnswerAsync(CommandHouse.GatewayId, lost, CancellationToken.None));
        Assert.Equal(CommandStage.Sent, command.Stage);
        await house.ExchangeAsync();
        Assert.Equal(CommandStage.Verified, command.Stage);
    }

    [Fact]
    public async Task What_waits_can_be_taken_back_and_is_refused_by_a_lockout()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        Leave(house);
        TrackedCommand cancelled = await house.RequestAsync(CommandHouse.Order(1));
        TrackedCommand locked = await house.RequestAsync(CommandHouse.Order(2));

        Assert.True(await house.Room.Desk.CancelAsync(cancelled, "b.roth", "not today"));
        Assert.Equal(CommandStage.Cancelled, cancelled.Stage);
        await house.Room.LockoutDesk.SetAsync(CommandHouse.Load(2), "anna", "work", null, default, CancellationToken.None);
        await CommandHouse.WaitAsync(locked, CommandStage.Rejected);
        Return(house);
        TrackedCommand next = await house.RequestAsync(CommandHouse.Order(3));
        await ExchangeUntilAsync(house, next, CommandStage.Verified);

        Assert.Equal(next.Request.Id, Assert.Single(house.Gateway.Moved));
    }

    [Fact]
    public async Task Commands_of_a_bulk_that_waited_keep_to_the_limit_per_second_when_the_gateway_is_back()
    {
        CommandOptions options = new() { BulkPerSecond = 100 };
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), options: options);
        Leave(house);
        CommandOrder order = CommandHouse.Order() with { Life = TimeSpan.FromMinutes(10) };
        AssetId[] assets = [.. Enumerable.Range(1, 200).Select(CommandHouse.Load)];
        Guid id = Assert.IsType<BulkOutcome.Taken>(await house.Room.Bulks.RequestAsync(new BulkOrder(assets, order, PerSecond: 50))).Id;
        await house.AdvanceUntilAsync(() => house.Room.Book.All.All(command => command.Stage == CommandStage.Waiting), () => Task.Delay(10));
        Assert.Empty(house.Gateway.Published);

        Return(house);
        for (int tick = 0; tick < 100; tick++)
        {
            house.Time.Advance(TimeSpan.FromMilliseconds(10));
            house.Room.Hear(CommandHouse.GatewayId, CommandRoomTests.Status("boot-2"));
            await Task.Delay(1);
        }

        // A second's turns, the burst of a tenth of a second, and the first turn.
        Assert.InRange(house.Gateway.Published.Count, 0, 50 + 5 + 1);
        await house.RunBulkAsync(id);
        Assert.Equal(200, house.Gateway.Moved.Distinct().Count());
    }

    private static void Leave(CommandHouse house)
    {
        house.Gateway.Disconnect();
        house.Room.Hear(CommandHouse.GatewayId, CommandRoomTests.Status("boot-1") with { State = GatewayState.Offline });
    }

    private static void Return(CommandHouse house)
    {
        house.Gateway.Connect();
        house.Room.Hear(CommandHouse.GatewayId, CommandRoomTests.Status("boot-2"));
    }

    private static async Task ExchangeUntilAsync(CommandHouse house, TrackedCommand command, CommandStage stage)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (command.Stage != stage)
        {
            Assert.False(limit.IsCancellationRequested, $"the command is {command.Stage}, not {stage}");
            await house.ExchangeAsync();
            await Task.Delay(1);
        }
    }

    private Task<string> StagesAsync(DatabaseName database, TrackedCommand command) => fixture.TextAsync(
        $"SELECT arrayStringConcat(groupArray(stage), ',') FROM (SELECT stage FROM {database}.commands WHERE id = '{command.Request.Id}' ORDER BY n)");
}
