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
}
