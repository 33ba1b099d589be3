using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Schema;

[Collection(EngineTests.Name)]
public sealed class SchemaMigratorTests(EngineFixture store)
{
    [Fact]
    public async Task Migrations_run_once_and_are_recorded()
    {
        DatabaseName database = store.NewDatabase();
        SchemaMigrator migrator = new(store.Engine, database, NullLogger<SchemaMigrator>.Instance);
        int all = MigrationSource.Load(database).Count;
        Assert.Equal(all, await migrator.MigrateAsync(CancellationToken.None));
        Assert.Equal(0, await migrator.MigrateAsync(CancellationToken.None));
        Assert.Equal(all, await store.NumberAsync($"SELECT count() FROM {database}.schema_migrations"));
    }

    [Fact]
    public async Task Migration_that_was_cut_off_before_its_record_is_repeated_without_harm()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await store.Engine.ExecuteAsync($"TRUNCATE TABLE {database}.schema_migrations");
        await new SchemaMigrator(store.Engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None);
        Assert.Equal(MigrationSource.Load(database).Count, await store.NumberAsync($"SELECT max(version) FROM {database}.schema_migrations"));
    }

    [Fact]
    public async Task Schema_of_a_newer_program_is_refused()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await store.Engine.ExecuteAsync($"INSERT INTO {database}.schema_migrations (version, name) SELECT 99, 'later'");
        SchemaException refused = await Assert.ThrowsAsync<SchemaException>(
            () => new SchemaMigrator(store.Engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None));
        Assert.Contains("schema version 99", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_names_what_would_run_and_changes_nothing()
    {
        DatabaseName database = store.NewDatabase();
        SchemaPlan plan = await new SchemaMigrator(store.Engine, database, NullLogger<SchemaMigrator>.Instance).PlanAsync(CancellationToken.None);
        using StringWriter output = new();
        await plan.WriteAsync(output);
        Assert.Contains($"CREATE TABLE IF NOT EXISTS {database}.readings\n", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await store.NumberAsync($"SELECT count() FROM system.databases WHERE name = '{database}'"));

        await new SchemaMigrator(store.Engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None);
        Assert.Empty((await new SchemaMigrator(store.Engine, database, NullLogger<SchemaMigrator>.Instance).PlanAsync(CancellationToken.None)).Migrations);
    }

    [Fact]
    public async Task Database_whose_migrations_had_another_text_is_refused()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await store.Engine.ExecuteAsync($"INSERT INTO {database}.schema_migrations (version, name, checksum) SELECT 1, 'readings', 'other'");
        SchemaException refused = await Assert.ThrowsAsync<SchemaException>(
            () => new SchemaMigrator(store.Engine, database, NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None));
        Assert.Contains("has checksum 'other'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_of_a_program_that_kept_no_checksums_is_refused()
    {
        DatabaseName database = await store.NewMigratedDatabaseAsync();
        await store.Engine.ExecuteAsync($"ALTER TABLE {database}.schema_migrations DROP COLUMN checksum");
        await Assert.ThrowsAsync<SchemaException>(() => new SchemaMigrator(store.Engine, database, NullLogger<SchemaMigrator>.Instance).PlanAsync(CancellationToken.None));
    }
}
