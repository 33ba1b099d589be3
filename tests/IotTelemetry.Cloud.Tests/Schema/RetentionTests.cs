using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Schema;

[Collection(EngineTests.Name)]
public sealed class RetentionTests(EngineFixture store)
{
    [Fact]
    public void Rule_that_names_more_wins()
    {
        RetentionRules rules = new(["*/*=730d", "*/parking_bay=90d", "depot/*=365d", "depot/parking_bay=7d"]);
        Assert.Equal(
            ["depot/parking_bay", "depot/*", "*/parking_bay", "*/*"],
            new[] { ("depot", "parking_bay"), ("depot", "meter"), ("harbour", "parking_bay"), ("harbour", "meter") }.Select(asset => rules.Names[rules.RuleOf(asset.Item1, asset.Item2)]));
        Assert.Equal([730, 90, 365, 7], rules.Days);
    }

    [Fact]
    public void Without_rules_everything_is_kept() => Assert.Equal([null], RetentionRules.KeepAll.Days);

    [Theory]
    [InlineData("90d")]
    [InlineData("*/*")]
    [InlineData("*/*=0d")]
    [InlineData("*/*=90")]
    [InlineData("*/*=36501d")]
    [InlineData("a=b/c")]
    [InlineData("a/b/c=1d")]
    [InlineData("/x=1d")]
    [InlineData("it's/*=1d")]
    public void What_is_no_rule_is_refused(string rule) =>
        Assert.Contains("allowed is SITE/KIND=DAYSd", Assert.Throws<FormatException>(() => new RetentionRules([rule])).Message, StringComparison.Ordinal);

    [Fact]
    public void Same_rule_twice_is_refused()
    {
        Assert.Throws<FormatException>(() => new RetentionRules(["a/*=1d", "a/*=2d"]));
        Assert.Throws<FormatException>(() => new RetentionRules(["*/*=1d", "*/*=2d"]));
    }

    [Fact]
    public async Task What_is_over_goes_by_whole_parts_and_new_days_hold_for_old_readings()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await store.Engine.ExecuteAsync($"ALTER TABLE {database}.readings MODIFY SETTING merge_with_ttl_timeout = 0");
        foreach (string rule in (string[])["*/*", "*/parking_bay", "depot/*"])
        {
            await store.Engine.ExecuteAsync(
                $"INSERT INTO {database}.readings (site, ts, retention) SELECT 'depot', now64(3) - toIntervalDay(40 + 1), '{rule}' FROM numbers(10)");
        }

        Assert.True(await ApplyAsync(database, "*/parking_bay=30d", "depot/*=60d"));
        await store.Engine.ExecuteAsync($"OPTIMIZE TABLE {database}.readings FINAL");
        Assert.Equal("*/*\t10\ndepot/*\t10", await RowsAsync(database));
        Assert.False(await ApplyAsync(database, "*/parking_bay=30d", "depot/*=60d"));

        Assert.True(await ApplyAsync(database, "*/parking_bay=30d", "depot/*=10d"));
        await store.Engine.ExecuteAsync($"OPTIMIZE TABLE {database}.readings FINAL");
        Assert.Equal("*/*\t10", await RowsAsync(database));

        Assert.True(await ApplyAsync(database));
        Assert.DoesNotContain("TTL", await store.TextAsync($"SELECT engine_full FROM system.tables WHERE database = '{database}' AND name = 'readings'"), StringComparison.Ordinal);
    }

    private Task<string> RowsAsync(DatabaseName database) => store.TextAsync($"SELECT retention, count() FROM {database}.readings GROUP BY retention ORDER BY retention");

    private Task<bool> ApplyAsync(DatabaseName database, params string[] rules) =>
        new Retention(store.Engine, database, NullLogger<Retention>.Instance).ApplyAsync(new RetentionRules(rules), CancellationToken.None);
}
