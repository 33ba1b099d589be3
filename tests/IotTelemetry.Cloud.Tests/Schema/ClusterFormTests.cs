using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Schema;

/// <summary>The form of the schema for a cluster, made from the one for a single server. There is no cluster here: the engine's parser judges.</summary>
[Collection(EngineTests.Name)]
public sealed class ClusterFormTests(EngineFixture store)
{
    private static readonly ClusterName Cluster = ClusterName.Parse("iot-cluster");

    [Fact]
    public async Task Every_statement_of_the_form_for_a_cluster_parses()
    {
        SchemaPlan plan = SchemaMigrator.PlanForNew(DatabaseName.Default, Cluster);
        string[] statements = [.. plan.Preparation, .. plan.Migrations.SelectMany(m => m.Statements)];
        Assert.True(statements.Length > 15);
        foreach (string statement in statements)
        {
            string formatted = await FormatAsync(statement);
            Assert.True(formatted.Contains("ON CLUSTER `iot-cluster`", StringComparison.Ordinal) || formatted.StartsWith("INSERT INTO ", StringComparison.Ordinal), formatted);
        }
    }

    [Fact]
    public async Task Table_becomes_a_replicated_one_on_each_server_and_a_distributed_one_over_them()
    {
        IReadOnlyList<string> forms = ClusterForm.Of(
            "-- A comment.\nCREATE TABLE IF NOT EXISTS iot.t\n(\n site String, gateway String\n)\nENGINE = ReplacingMergeTree(seq)\nORDER BY site\nSETTINGS non_replicated_deduplication_window = 9", Cluster);
        Assert.Equal(
            [
                "CREATE TABLE IF NOT EXISTS iot.t_local ON CLUSTER `iot-cluster` (`site` String, `gateway` String) "
                + "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/iot/t', '{replica}', seq) ORDER BY site SETTINGS replicated_deduplication_window = 9",
                "CREATE TABLE IF NOT EXISTS iot.t ON CLUSTER `iot-cluster` AS iot.t_local ENGINE = Distributed('iot-cluster', iot, t_local, cityHash64(site, gateway))",
            ],
            await Task.WhenAll(forms.Select(FormatAsync)));
    }

    [Fact]
    public async Task Materialized_view_reads_and_writes_local_tables()
    {
        string form = Assert.Single(ClusterForm.Of("CREATE MATERIALIZED VIEW IF NOT EXISTS iot.v TO iot.t AS\nSELECT site FROM iot.f AS f", Cluster));
        Assert.Equal("CREATE MATERIALIZED VIEW IF NOT EXISTS iot.v ON CLUSTER `iot-cluster` TO iot.t_local AS SELECT site FROM iot.f_local AS f", await FormatAsync(form));
    }

    [Fact]
    public void Change_of_columns_is_made_on_both_tables_and_of_settings_on_the_local_one()
    {
        Assert.Equal(
            ["ALTER TABLE iot.t_local ON CLUSTER 'iot-cluster' ADD COLUMN IF NOT EXISTS n UInt8", "ALTER TABLE iot.t ON CLUSTER 'iot-cluster' ADD COLUMN IF NOT EXISTS n UInt8"],
            ClusterForm.Of("ALTER TABLE iot.t ADD COLUMN IF NOT EXISTS n UInt8", Cluster));
        Assert.Equal(["ALTER TABLE iot.t_local ON CLUSTER 'iot-cluster' MODIFY TTL ts"], ClusterForm.Of("ALTER TABLE iot.t MODIFY TTL ts", Cluster));
    }

    [Fact]
    public void Statement_without_a_form_is_refused() =>
        Assert.Contains("OPTIMIZE TABLE iot.t", Assert.Throws<SchemaException>(() => ClusterForm.Of("OPTIMIZE TABLE iot.t", Cluster)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Every_table_is_spread_by_columns_that_it_has()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        foreach ((string table, string shardBy) in MigrationSource.Load(database).SelectMany(m => m.Statements).Select(ClusterForm.Sharding).OfType<(string, string)>())
        {
            Assert.Equal("", await store.TextAsync($"SELECT {shardBy} FROM {table} LIMIT 0"));
        }
    }

    private async Task<string> FormatAsync(string statement)
    {
        using MemoryStream output = new();
        await store.Engine.QueryAsync("SELECT formatQuerySingleLine({sql:String})", "TSVRaw", output, new ClickHouseParameters().Add("sql", statement));
        return System.Text.Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n');
    }
}
