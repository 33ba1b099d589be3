using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Ledger;

/// <summary>The promise through a broker that forgets, repeats and delays, and a service that is stopped and started.</summary>
[Collection(EngineTests.Name)]
public sealed class ForgetfulBrokerTests(EngineFixture store)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Every_frame_that_its_gateway_did_not_give_up_is_stored_exactly_once_and_in_order(int seed)
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        ForgetfulScenario scenario = new(seed);
        await scenario.RunAsync(store.Engine, database);

        string text = await store.TextAsync($"SELECT DISTINCT epoch, seq FROM {database}.readings");
        HashSet<(ulong, ulong)> stored = [.. text.Split('\n').Select(line => line.Split('\t')).Select(cells => (ulong.Parse(cells[0]), ulong.Parse(cells[1])))];
        Assert.Equal([], scenario.Kept.Except(stored));
        Assert.Equal(4L * stored.Count, await store.NumberAsync($"SELECT count() FROM {database}.readings"));
        Assert.Equal(0, await store.NumberAsync(
            $"SELECT countIf(batch < before) FROM (SELECT batch, lagInFrame(batch) OVER (PARTITION BY gateway, epoch ORDER BY seq) AS before FROM {database}.frames)"));
        Assert.Equal(0, await store.NumberAsync(RollupDifferences.Sql(database.ToString(), "minute")));
        Assert.Equal(0, await store.NumberAsync(RollupDifferences.Sql(database.ToString(), "hour")));
        Assert.True(scenario.Forgotten > 0 && scenario.Left > 0 && scenario.Missing > 0, $"{scenario.Forgotten}, {scenario.Left}, {scenario.Missing}");
        await store.Engine.ExecuteAsync($"DROP DATABASE {database} SYNC");
    }
}
