using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Schema;

/// <summary>Brings a database to this program's schema, and refuses one that a newer program made, or one whose migrations were others.</summary>
internal sealed class SchemaMigrator(IClickHouseEngine engine, DatabaseName database, ILogger<SchemaMigrator> logger, ClusterName? cluster = null)
{
    private const string Columns = "(version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))";

    /// <summary>The plan for a database in which nothing is yet.</summary>
    public static SchemaPlan PlanForNew(DatabaseName database, ClusterName? cluster) =>
        new(PlaceOf(database, cluster), Preparation(database, cluster), MigrationSource.Load(database, cluster));

    /// <summary>Finds out what is missing; changes nothing.</summary>
    /// <exception cref="SchemaException">The database has a migration that this program does not know, or knows otherwise.</exception>
    public async Task<SchemaPlan> PlanAsync(CancellationToken cancellationToken)
    {
        SchemaPlan all = PlanForNew(database, cluster);
        Dictionary<uint, string> present = await PresentAsync(cancellationToken);
        uint version = present.Keys.DefaultIfEmpty().Max();
        if (version > all.Migrations.Count)
        {
            throw new SchemaException(
                $"the database '{database}' has schema version {version}, this program knows versions up to {all.Migrations.Count}: run the newer program, or use another data directory");
        }

        foreach (Migration migration in all.Migrations)
        {
            if (present.TryGetValue(migration.Version, out string? checksum) && checksum != migration.Checksum)
            {
                throw new SchemaException(
                    $"migration {migration.Version} '{migration.Name}' of the database '{database}' has checksum '{checksum}', this program's has '{migration.Checksum}': "
                    + "an unreleased program made it; use another data directory and copy the readings with INSERT … SELECT");
            }
        }

        return all with { Migrations = [.. all.Migrations.Where(m => m.Version > version)] };
    }

    /// <summary>Runs the migrations that the database does not have yet.</summary>
    /// <returns>How many ran.</returns>
    /// <exception cref="SchemaException">As for <see cref="PlanAsync"/>.</exception>
    public async Task<int> MigrateAsync(CancellationToken cancellationToken)
    {
        SchemaPlan plan = await PlanAsync(cancellationToken);
        if (plan.Migrations.Count > 0)
        {
            await ExecuteAsync(plan.Preparation, cancellationToken);
        }

        foreach (Migration migration in plan.Migrations)
        {
            await ExecuteAsync(migration.Statements, cancellationToken);
            await engine.ExecuteAsync(
                $"INSERT INTO {database}.schema_migrations (version, name, checksum) SELECT {{version:UInt32}}, {{name:String}}, {{checksum:String}}",
                new ClickHouseParameters().Add("version", (ulong)migration.Version).Add("name", migration.Name).Add("checksum", migration.Checksum),
                cancellationToken);
            CloudLog.MigrationApplied(logger, migration.Version, migration.Name, database.ToString());
        }

        return plan.Migrations.Count;
    }

    private static string PlaceOf(DatabaseName database, ClusterName? cluster) => cluster is null ? $"database {database}" : $"database {database} on cluster {cluster}";

    // On a cluster every server has the table of migrations whole: its path in Keeper does not name the shard.
    private static string[] Preparation(DatabaseName database, ClusterName? cluster) => cluster is null
        ?
        [
            $"CREATE DATABASE IF NOT EXISTS {database}",
            $"CREATE TABLE IF NOT EXISTS {database}.schema_migrations\n{Columns}\nENGINE = ReplacingMergeTree ORDER BY version",
        ]
        :
        [
            $"CREATE DATABASE IF NOT EXISTS {database} ON CLUSTER '{cluster}'",
            $"CREATE TABLE IF NOT EXISTS {database}.schema_migrations ON CLUSTER '{cluster}'\n{Columns}\n"
            + $"ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{database}/schema_migrations', '{{shard}}-{{replica}}') ORDER BY version",
        ];

    private async Task ExecuteAsync(IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        foreach (string statement in statements)
        {
            await engine.ExecuteAsync(statement, cancellationToken: cancellationToken);
        }
    }

    // The first programs kept no checksums.
    private async Task<Dictionary<uint, string>> PresentAsync(CancellationToken cancellationToken)
    {
        Dictionary<uint, string> present = [];
        bool exists = false;
        bool hasChecksums = false;
        await foreach (NativeBlock block in engine.QueryAsync(
            "SELECT name FROM system.columns WHERE database = {database:String} AND table = 'schema_migrations'",
            new ClickHouseParameters().Add("database", database.ToString()),
            cancellationToken))
        {
            for (int row = 0; row < block.Rows; row++)
            {
                exists = true;
                hasChecksums |= (string)block["name"].GetValue(row)! == "checksum";
            }
        }

        if (exists)
        {
            string checksum = hasChecksums ? "argMax(checksum, applied_at)" : "''";
            await foreach (NativeBlock block in engine.QueryAsync(
                $"SELECT version, {checksum} AS sum FROM {database}.schema_migrations GROUP BY version", cancellationToken: cancellationToken))
            {
                for (int row = 0; row < block.Rows; row++)
                {
                    present[block.Get<ValueColumn<uint>>("version")[row]] = (string)block["sum"].GetValue(row)!;
                }
            }
        }

        return present;
    }
}
