using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Commands;

/// <summary>Many commands at once: their rate, the stop button, a restart in the middle.</summary>
[Collection(EngineTests.Name)]
public sealed class BulkDeskTests(EngineFixture fixture)
{
    [Fact]
    public async Task Ten_thousand_are_all_carried_out_once()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database, options: new CommandOptions { BulkPerSecond = 100_000 });

        Guid id = await RequestAsync(house, 10_000, null);
        await house.RunBulkAsync(id);

        Assert.Equal(10_000, house.Gateway.Moved.Count);
        Assert.Equal(10_000, house.Gateway.Moved.Distinct().Count());
        Assert.Equal(10_000, (await house.Room.Archive.CountAsync(id, CancellationToken.None))[CommandStage.Verified]);
        Assert.Equal(10_000, await fixture.NumberAsync($"SELECT count() FROM {database}.command_audit WHERE result = 'verified' AND bulk = '{id}'"));
    }

    [Fact]
    public async Task No_more_are_begun_in_a_second_than_allowed_by_the_bulk_and_the_fleet()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync(), options: new CommandOptions { BulkPerSecond = 100, Workers = 2 });
        await RequestAsync(house, 100, 20);
        await RequestAsync(house, 100, 1000, first: 1001);

        for (int tick = 0; tick < 100; tick++)
        {
            house.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(1);
        }

        // This worker's half of the fleet's rate, the burst of a tenth of a second, and the first turn.
        Assert.InRange(house.Gateway.Published.Count, 1, 50 + 5 + 1);
        Assert.InRange(house.Gateway.Published.Count(command => int.Parse(command.Asset.AsSpan(5), null) <= 1000), 0, 20 + 2 + 1);
    }

    [Fact]
    public async Task The_stop_button_ends_what_is_not_begun()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        Guid id = await RequestAsync(house, 500, 10);
        await house.AdvanceUntilAsync(() => house.Gateway.Published.Count >= 3);

        Assert.True(await house.Room.Bulks.StopAsync(id, "b.roth", "enough") > 400);
        await house.RunBulkAsync(id);

        IReadOnlyDictionary<CommandStage, long> counts = await house.Room.Archive.CountAsync(id, CancellationToken.None);
        Assert.Equal(500, counts.Values.Sum());
        Assert.Equal(counts[CommandStage.Verified], house.Gateway.Moved.Count);
        Assert.Equal(500 - house.Gateway.Moved.Count, counts[CommandStage.Cancelled]);
        Assert.Equal(("b.roth", CloudCode.BulkStopped), house.Room.Book.All.Where(command => command.Stage == CommandStage.Cancelled).Select(command => (command.History[^1].Evidence.Actor, command.History[^1].Evidence.Code)).Distinct().Single());
    }

    [Fact]
    public async Task A_bulk_goes_on_after_a_restart()
    {
        DatabaseName database = await fixture.NewMigratedDatabaseAsync();
        ManualTime time = new();
        ModelGateway gateway = new(CommandHouse.GatewayId, time);
        CommandOptions options = new() { BulkPerSecond = 1000 };
        Guid id;
        await using (CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, database, time, gateway, options))
        {
            id = await RequestAsync(house, 200, 50);
            await house.AdvanceUntilAsync(() => gateway.Published.Count >= 20);
        }

        await using CommandHouse restarted = await CommandHouse.OpenAsync(fixture.Engine, database, time, gateway, options);
        restarted.Room.Hear(CommandHouse.GatewayId, CommandRoomTests.Status("boot"));
        await restarted.RunBulkAsync(id);

        Assert.Equal(200, (await restarted.Room.Archive.CountAsync(id, CancellationToken.None)).Values.Sum());
        Assert.Equal(gateway.Moved.Count, gateway.Moved.Distinct().Count());
        Assert.Equal(gateway.Moved.Count, (await restarted.Room.Archive.CountAsync(id, CancellationToken.None))[CommandStage.Verified]);
        Assert.True(gateway.Moved.Count > 180);
    }

    [Fact]
    public async Task A_bulk_with_a_mistake_in_it_is_refused_as_a_whole()
    {
        await using CommandHouse house = await CommandHouse.OpenAsync(fixture.Engine, await fixture.NewMigratedDatabaseAsync());
        Task<BulkOutcome> Ask(IReadOnlyList<AssetId> assets, double? perSecond = null) => house.Room.Bulks.RequestAsync(new BulkOrder(assets, CommandHouse.Order(), perSecond));

        Assert.Equal("unknown_asset", Assert.IsType<BulkOutcome.Invalid>(await Ask([CommandHouse.Load(1), new AssetId("station", "nothing")])).Code);
        Assert.IsType<BulkOutcome.Invalid>(await Ask([CommandHouse.Load(1), CommandHouse.Load(1)]));
        Assert.IsType<BulkOutcome.Invalid>(await Ask([]));
        Assert.IsType<BulkOutcome.Invalid>(await Ask([.. Enumerable.Range(1, 5000).Select(CommandHouse.Load)], 1));
        Assert.Empty(house.Room.Book.All);
    }

    private static async Task<Guid> RequestAsync(CommandHouse house, int count, double? perSecond, int first = 1) => Assert.IsType<BulkOutcome.Taken>(
        await house.Room.Bulks.RequestAsync(new BulkOrder([.. Enumerable.Range(first, count).Select(CommandHouse.Load)], CommandHouse.Order(), perSecond))).Id;
}
