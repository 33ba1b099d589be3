using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>A command's way, on the real engine, with a gateway that keeps to the specification.</summary>
[Collection(EngineTests.Name)]
public sealed class CommandRoomTests(EngineFixture fixture)
{
    [Fact]
    public async Task Every_transition_is_a_row_in_order_and_the_feedback_ends_it()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database);

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        Assert.Equal(command.Request.Id, house.Holds.Of(CommandHouse.Load()).Pending!.Id);
        await house.ExchangeAsync();

        Assert.Equal(CommandStage.Verified, command.Stage);
        Assert.Null(house.Holds.Of(CommandHouse.Load()).Pending);
        Assert.Equal("requested,sent,accepted,executed,verified", await fixture.TextAsync($"SELECT arrayStringConcat(groupArray(stage), ',') FROM (SELECT stage FROM {database}.commands ORDER BY n)"));
        Assert.Equal("1,2,3,4,5", await fixture.TextAsync($"SELECT arrayStringConcat(groupArray(toString(n)), ',') FROM (SELECT n FROM {database}.commands ORDER BY n)"));
        Assert.Equal("a.meier\ttest\tload-1\tverified\tfalse", await fixture.TextAsync($"SELECT author, reason, asset, result, observed FROM {database}.command_audit"));
    }

    [Fact]
    public async Task A_row_is_stored_before_the_gateway_hears_a_word()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database, kind: "breaker");
        List<string> stored = [];
        house.Gateway.BeforeSend = async command =>
            stored.Add($"{command.Phase} {await fixture.TextAsync($"SELECT argMax(stage, n) FROM {database}.commands WHERE id = '{command.Id}'")}");

        await house.RequestAsync(CommandHouse.Order());
        await house.ExchangeAsync();

        Assert.Equal(["Select selecting", "Operate sent"], stored);
    }

    [Fact]
    public async Task A_gateway_without_feedback_leaves_it_unverified()
    {
        ManualTime time = new();
        await using CommandHouse house = await CommandHouse.OpenAsync(
            fixture.Engine, await fixture.NewMigratedDatabaseAsync(), time, new ModelGateway(CommandHouse.GatewayId, time) { HasFeedback = false });

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        await house.ExchangeAsync();

        Assert.Equal(CommandStage.Unverified, command.Stage);
    }

    [Fact]
    public async Task A_feedback_that_disagrees_is_failed_with_what_was_seen()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        house.Gateway.FeedbackAgrees = false;

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        await house.ExchangeAsync();

        Assert.Equal(CommandStage.Failed, command.Stage);
        Assert.Equal("sensor_disagrees", command.History[^1].Evidence.Code);
        Assert.Equal(PointValue.Of(true), command.History[^1].Evidence.Observed);
    }

    [Fact]
    public async Task A_gateway_that_never_answers_lets_it_expire_and_the_asset_is_free_again()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());

        house.Time.Advance(TimeSpan.FromSeconds(31));
        await CommandHouse.EventuallyAsync(() => house.Gateway.Published.Count == 2, () => "the gateway is not asked");
        Assert.Equal(0, house.Gateway.Published.Last().LifeMs);
        house.Time.Advance(TimeSpan.FromSeconds(10));
        await CommandHouse.WaitAsync(command, CommandStage.Expired);
        Assert.Equal(CloudCode.NoAnswer, command.History[^1].Evidence.Code);

        // The first message expired at the broker; the question settles that it is never carried out.
        await house.ExchangeAsync();
        Assert.Empty(house.Gateway.Moved);
        await house.RequestAsync(CommandHouse.Order());
    }

    [Fact]
    public async Task A_late_word_that_the_output_moved_outranks_the_clock()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        Assert.True(house.Gateway.Deliver());
        house.Time.Advance(TimeSpan.FromSeconds(31));
        await CommandHouse.EventuallyAsync(() => house.Gateway.Published.Count == 2, () => "the gateway is not asked");
        house.Time.Advance(TimeSpan.FromSeconds(10));
        await CommandHouse.WaitAsync(command, CommandStage.Expired);

        await house.ExchangeAsync();

        Assert.Equal(CommandStage.Verified, command.Stage);
        Assert.Single(house.Gateway.Moved);
    }

    [Fact]
    public async Task Of_two_operators_at_once_one_switches_and_the_other_learns_who()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());

        CommandOutcome[] outcomes = await Task.WhenAll(
            house.Room.Desk.RequestAsync(CommandHouse.Order(author: "a.meier")), house.Room.Desk.RequestAsync(CommandHouse.Order(value: true, author: "b.roth")));

        TrackedCommand taken = Assert.Single(outcomes.OfType<CommandOutcome.Taken>()).Command;
        CommandTransition refused = Assert.Single(outcomes.OfType<CommandOutcome.Refused>()).Command.History[^1];
        Assert.Equal("busy", refused.Evidence.Code);
        Assert.Contains(taken.Request.Author, refused.Evidence.Detail, StringComparison.Ordinal);
        Assert.Contains(taken.Request.Id.ToString(), refused.Evidence.Detail, StringComparison.Ordinal);
        await house.ExchangeAsync();
        Assert.Equal(taken.Request.Id, Assert.Single(house.Gateway.Moved));
    }

    [Fact]
    public async Task A_guard_that_does_not_hold_is_refused_before_anything_is_sent()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        house.Fleet.Values[CommandHouse.Load()] = PointValue.Of(false);

        CommandTransition refused = await house.RefusedAsync(CommandHouse.Order() with { Expected = PointValue.Of(true) });

        Assert.Equal("unexpected_value", refused.Evidence.Code);
        Assert.Empty(house.Gateway.Published);
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order() with { Expected = PointValue.Of(false) });
        Assert.Equal(PointValue.Of(false), house.Gateway.Published.Single().Expected);
        Assert.Equal(command.Request.Id, house.Gateway.Published.Single().Id);
    }

    [Fact]
    public async Task A_command_can_be_taken_back_until_it_is_operated()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), kind: "breaker");
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        Assert.Equal(CommandStage.Selecting, command.Stage);

        Assert.True(await house.Room.Desk.CancelAsync(command, "b.roth", "wrong feeder"));
        await house.ExchangeAsync();

        Assert.Equal(CommandStage.Cancelled, command.Stage);
        Assert.Equal(("b.roth", "wrong feeder"), (command.History[^1].Evidence.Actor, command.History[^1].Evidence.Detail));
        Assert.Empty(house.Gateway.Moved);
        Assert.False(await house.Room.Desk.CancelAsync(command, "b.roth", "again"));
    }

    [Theory]
    [InlineData(-7)]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Clocks_that_differ_by_minutes_change_nothing(int minutes)
    {
        ManualTime time = new();
        ModelGateway gateway = new(CommandHouse.GatewayId, time, TimeSpan.FromMinutes(minutes));
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), time, gateway, kind: "breaker");

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        await house.ExchangeAsync();

        Assert.Equal(CommandStage.Verified, command.Stage);
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(minutes), command.History[^1].Evidence.GatewayAt);
        Assert.Equal(time.GetUtcNow(), command.History[^1].At);
    }

    [Fact]
    public async Task A_gateway_that_trusts_a_clock_that_is_ahead_refuses_and_the_audit_says_why()
    {
        ManualTime time = new();
        ModelGateway gateway = new(CommandHouse.GatewayId, time, TimeSpan.FromMinutes(3)) { TrustsItsClock = true };
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), time, gateway);

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        await house.ExchangeAsync();

        Assert.Equal((CommandStage.Expired, "expired"), (command.Stage, command.History[^1].Evidence.Code));
        Assert.Contains("clock is 3 min ahead", command.History[^1].Evidence.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Moved);
    }

    [Fact]
    public async Task A_gateway_that_trusts_a_clock_that_is_behind_carries_out_nothing_whose_life_is_over()
    {
        ManualTime time = new();
        ModelGateway gateway = new(CommandHouse.GatewayId, time, TimeSpan.FromMinutes(-3)) { TrustsItsClock = true };
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), time, gateway);
        TrackedCommand late = await house.RequestAsync(CommandHouse.Order());
        time.Advance(TimeSpan.FromSeconds(31));
        await house.AdvanceUntilAsync(() => late.Stage.IsFinal(), house.ExchangeAsync);
        Assert.Equal(CommandStage.Expired, late.Stage);

        TrackedCommand command = await house.RequestAsync(CommandHouse.Order());
        await house.ExchangeAsync();
        Assert.Equal(CommandStage.Verified, command.Stage);
        Assert.Equal(command.Request.Id, Assert.Single(gateway.Moved));
    }

    [Fact]
    public async Task The_same_key_with_the_same_request_is_the_same_command_also_after_a_restart()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        ManualTime time = new();
        ModelGateway gateway = new(CommandHouse.GatewayId, time);
        CommandOrder order = CommandHouse.Order() with { IdempotencyKey = "key-1", Fingerprint = "one" };
        Guid id;
        await using (CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database, time, gateway))
        {
            id = (await house.RequestAsync(order)).Request.Id;
            await house.ExchangeAsync();
        }

        await using CommandHouse restarted = await CommandHouse.OpenAsync(fixture.Engine, database, time, gateway);
        CommandOutcome.Taken again = Assert.IsType<CommandOutcome.Taken>(await restarted.Room.Desk.RequestAsync(order));
        Assert.True(again.IsRepeat);
        Assert.Equal(id, again.Command.Request.Id);
        Assert.IsType<CommandOutcome.KeyReused>(await restarted.Room.Desk.RequestAsync(order with { Fingerprint = "two" }));
        Assert.Single(gateway.Moved);
    }

    [Theory]
    [InlineData("nowhere", "state", true, "unknown_asset")]
    [InlineData("load-1", "colour", true, "unknown_point")]
    [InlineData("load-1", "power_w", true, "not_settable")]
    public async Task What_cannot_be_is_refused_and_not_recorded(string asset, string point, bool value, string code)
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        CommandOrder order = CommandHouse.Order(value: value) with { Asset = new AssetId("station", asset), Point = point };

        Assert.Equal(code, Assert.IsType<CommandOutcome.Invalid>(await house.Room.Desk.RequestAsync(order)).Code);
        Assert.Empty(house.Room.Book.All);
    }

    [Fact]
    public async Task Words_for_a_boolean_and_lives_are_checked()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());

        Assert.Equal("wrong_type", Assert.IsType<CommandOutcome.Invalid>(await house.Room.Desk.RequestAsync(CommandHouse.Order() with { Value = PointValue.Of("up") })).Code);
        Assert.Equal("malformed", Assert.IsType<CommandOutcome.Invalid>(await house.Room.Desk.RequestAsync(CommandHouse.Order() with { Life = TimeSpan.FromHours(2) })).Code);
        Assert.Equal("malformed", Assert.IsType<CommandOutcome.Invalid>(await house.Room.Desk.RequestAsync(CommandHouse.Order() with { Reason = " " })).Code);
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order() with { Value = PointValue.Of("off") });
        Assert.Equal(PointValue.Of(false), command.Request.Value);
    }

    internal static GatewayStatus Status(string bootId, long? lockoutRevision = null) =>
        new() { State = GatewayState.Online, BootId = bootId, AtMs = 1_763_640_000_000, LockoutRevision = lockoutRevision };
}
