using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Lockouts;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Commands;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Lockouts;

/// <summary>Lockouts against everything that switches, their ends, and their way to the gateway.</summary>
[Collection(EngineTests.Name)]
public sealed class LockoutRoomTests(EngineFixture fixture)
{
    private static readonly CommandOptions WithSupervisor = new() { Supervisors = ["boss"] };

    [Fact]
    public async Task Nothing_switches_a_held_asset_directly_selected_or_in_a_bulk()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        await LockAsync(house, 1, "anna");

        Assert.Equal("lockout", (await house.RefusedAsync(CommandHouse.Order())).Evidence.Code);
        Assert.Equal("lockout", (await house.RefusedAsync(CommandHouse.Order() with { SelectFirst = true })).Evidence.Code);
        Assert.Contains("anna", (await house.RefusedAsync(CommandHouse.Order(author: "anna"))).Evidence.Detail, StringComparison.Ordinal);
        BulkOutcome.Taken bulk = Assert.IsType<BulkOutcome.Taken>(await house.Room.Bulks.RequestAsync(new BulkOrder([CommandHouse.Load(1), CommandHouse.Load(2)], CommandHouse.Order(), null)));
        await house.RunBulkAsync(bulk.Id);

        Assert.Equal("load-2", Assert.Single(house.Gateway.Outputs).Key);
    }

    [Fact]
    public async Task A_lockout_that_comes_between_select_and_operate_wins()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        TrackedCommand command = await house.RequestAsync(CommandHouse.Order() with { SelectFirst = true });

        await LockAsync(house, 1, "anna");
        await CommandHouse.WaitAsync(command, CommandStage.Rejected);
        await house.ExchangeAsync();

        Assert.Equal("lockout", command.History[^1].Evidence.Code);
        Assert.Equal([CommandPhase.Select, CommandPhase.Cancel], house.Gateway.Published.Select(message => message.Phase));
        Assert.Empty(house.Gateway.Moved);
    }

    [Fact]
    public async Task Several_persons_may_hold_an_asset_and_it_is_free_when_the_last_lifts()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), options: WithSupervisor);
        await LockAsync(house, 1, "anna");
        await LockAsync(house, 1, "ben");

        Assert.IsType<LockoutOutcome.NotFound>(await LiftAsync(house, 1, "carl"));
        Assert.IsType<LockoutOutcome.Forbidden>(await LiftAsync(house, 1, "carl", "anna"));
        Assert.IsType<LockoutOutcome.Gone>(await LiftAsync(house, 1, "anna"));
        Assert.Equal("lockout", (await house.RefusedAsync(CommandHouse.Order())).Evidence.Code);
        Assert.IsType<LockoutOutcome.Gone>(await LiftAsync(house, 1, "boss", "ben"));
        await house.RequestAsync(CommandHouse.Order());
    }

    [Fact]
    public async Task A_lockout_ends_when_its_end_comes_and_the_audit_says_so()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database);
        await LockAsync(house, 1, "anna", house.Time.GetUtcNow() + TimeSpan.FromHours(8));

        house.Time.Advance(TimeSpan.FromHours(9));
        Assert.Null(house.Room.Lockouts.Objection(CommandHouse.Load()));
        await house.AdvanceUntilAsync(() => house.Gateway.Lockouts.LastOrDefault() is { Revision: 2, Lockouts.Count: 0 });
        Assert.Equal("set anna,ended cloud", await fixture.TextAsync($"SELECT arrayStringConcat(groupArray(concat(action, ' ', actor)), ',') FROM (SELECT action, actor FROM {database}.lockouts ORDER BY revision)"));
    }

    [Fact]
    public async Task Lockouts_hold_through_a_restart_and_are_sent_again()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        ManualTime time = new();
        await using (CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database, time))
        {
            await LockAsync(house, 1, "anna");
            await LockAsync(house, 2, "ben");
            await LiftAsync(house, 2, "ben");
        }

        await using CommandHouse restarted = await CommandHouse.OpenAsync(fixture.Engine, database, time);
        Assert.Equal("lockout", (await restarted.RefusedAsync(CommandHouse.Order())).Evidence.Code);
        await restarted.RequestAsync(CommandHouse.Order(2));
        await CommandHouse.EventuallyAsync(() => !restarted.Gateway.Lockouts.IsEmpty, () => "the set is not sent");
        LockoutSet set = restarted.Gateway.Lockouts.First();
        Assert.Equal(3, set.Revision);
        Assert.Equal(("load-1", "anna"), (Assert.Single(set.Lockouts).Asset, set.Lockouts[0].Holder));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1L, true)]
    [InlineData(2L, false)]
    public async Task A_gateway_that_reports_an_older_revision_gets_the_set_again(long? reported, bool isSentAgain)
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        Lockout held = await LockAsync(house, 1, "anna");
        held = await LockAsync(house, 1, "anna", house.Time.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.Equal(2, held.Revision);
        int sent = house.Gateway.Lockouts.Count;

        await house.Room.LockoutDesk.HearAsync(CommandHouse.GatewayId, reported, CancellationToken.None);

        Assert.Equal(isSentAgain ? sent + 1 : sent, house.Gateway.Lockouts.Count);
        Assert.Equal(!isSentAgain, house.Room.LockoutPost.HasArrived(CommandHouse.GatewayId, held.Revision));
    }

    [Fact]
    public async Task A_store_restored_from_a_copy_goes_on_above_what_the_gateway_has()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        await LockAsync(house, 1, "anna");

        await house.Room.LockoutDesk.HearAsync(CommandHouse.GatewayId, 40, CancellationToken.None);

        Assert.Equal(41, house.Gateway.Lockouts.Last().Revision);
        Assert.Equal(42, (await LockAsync(house, 2, "ben")).Revision);
    }

    [Fact]
    public async Task An_entity_tag_keeps_one_from_changing_what_another_changed()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        Lockout first = await LockAsync(house, 1, "anna");
        await LockAsync(house, 1, "anna", house.Time.GetUtcNow() + TimeSpan.FromHours(1));

        Assert.IsType<LockoutOutcome.Stale>(await house.Room.LockoutDesk.LiftAsync(CommandHouse.Load(), null, "anna", new LockoutCondition(first.Revision), CancellationToken.None));
        Assert.IsType<LockoutOutcome.Stale>(await house.Room.LockoutDesk.SetAsync(CommandHouse.Load(), "anna", "again", null, new LockoutCondition(MustBeNew: true), CancellationToken.None));
        Assert.IsType<LockoutOutcome.Stale>(await house.Room.LockoutDesk.SetAsync(CommandHouse.Load(2), "anna", "new", null, new LockoutCondition(MustExist: true), CancellationToken.None));
    }

    private static async Task<Lockout> LockAsync(CommandHouse house, int load, string holder, DateTimeOffset? until = null) =>
        Assert.IsType<LockoutOutcome.InForce>(await house.Room.LockoutDesk.SetAsync(CommandHouse.Load(load), holder, "cable work", until, default, CancellationToken.None)).Lockout;

    private static Task<LockoutOutcome> LiftAsync(CommandHouse house, int load, string author, string? holder = null) =>
        house.Room.LockoutDesk.LiftAsync(CommandHouse.Load(load), holder, author, default, CancellationToken.None);
}
