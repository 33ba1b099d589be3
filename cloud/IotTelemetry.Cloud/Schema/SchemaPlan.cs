namespace IotTelemetry.Cloud.Schema;

/// <summary>What a database lacks of this program's schema.</summary>
/// <param name="Place">The store and the database, for people.</param>
/// <param name="Preparation">Statements that come before the first migration: the database, the table of migrations. Safe to repeat.</param>
/// <param name="Migrations">The migrations to run, by rising version; empty when there is nothing to do.</param>
internal sealed record SchemaPlan(string Place, IReadOnlyList<string> Preparation, IReadOnlyList<Migration> Migrations)
{
    /// <summary>Writes the plan as SQL with comments.</summary>
    public async Task WriteAsync(TextWriter output)
    {
        await output.WriteLineAsync(Migrations.Count == 0 ? $"-- {Place}: nothing to do" : $"-- {Place}: {Migrations.Count} migrations to run");
        foreach (string statement in Migrations.Count == 0 ? [] : Preparation)
        {
            await output.WriteLineAsync($"{statement};\n");
        }

        foreach (Migration migration in Migrations)
        {
            await output.WriteLineAsync($"-- migration {migration.Version} {migration.Name}, checksum {migration.Checksum}");
            foreach (string statement in migration.Statements)
            {
                await output.WriteLineAsync($"{statement};\n");
            }
        }
    }
}
