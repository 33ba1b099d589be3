using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Schema;

/// <summary>Brings a database to this program's schema, and refuses one that a newer program made.</summary>
internal sealed class SchemaMigrator(IClickHouseEngine engine, DatabaseName database, ILogger<SchemaMigrator> logger)
{
    /// <summary>Runs the migrations that the database does not have yet.</summary>
    /// <returns>How many ran.</returns>
    /// <exception cref="SchemaException">The database has a migration that this program does not know.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Migration> migrations = MigrationSource.Load(database);
        await engine.ExecuteAsync($"CREATE DATABASE IF NOT EXISTS {database}", cancellationToken: cancellationToken);
        await engine.ExecuteAsync(
            $"""
             CREATE TABLE IF NOT EXISTS {database}.schema_migrations
             (version UInt32, name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
             ENGINE = ReplacingMergeTree ORDER BY version
             """,
            cancellationToken: cancellationToken);

        uint present = await PresentVersionAsync(cancellationToken);
        if (present > migrations.Count)
        {
            throw new SchemaException(
                $"the database '{database}' has schema version {present}, this program knows versions up to {migrations.Count}: run the newer program, or use another data directory");
        }

        int ran = 0;
        foreach (Migration migration in migrations.Where(m => m.Version > present))
        {
            foreach (string statement in migration.Statements)
            {
                await engine.ExecuteAsync(statement, cancellationToken: cancellationToken);
            }

            await engine.ExecuteAsync(
                $"INSERT INTO {database}.schema_migrations (version, name) SELECT {{version:UInt32}}, {{name:String}}",
                new ClickHouseParameters().Add("version", (ulong)migration.Version).Add("name", migration.Name),
                cancellationToken);
            CloudLog.MigrationApplied(logger, migration.Version, migration.Name, database.ToString());
            ran++;
        }

        return ran;
    }

    private async Task<uint> PresentVersionAsync(CancellationToken cancellationToken)
    {
        uint version = 0;
        await foreach (NativeBlock block in engine.QueryAsync($"SELECT max(version) AS version FROM {database}.schema_migrations", cancellationToken: cancellationToken))
        {
            version = block.Rows > 0 ? block.Get<ValueColumn<uint>>("version")[0] : version;
        }

        return version;
    }
}
