using System.Globalization;
using System.Reflection;

namespace IotTelemetry.Cloud.Schema;

/// <summary>Reads the numbered files of <c>Schema/Migrations</c>, which are embedded in the program.</summary>
internal static class MigrationSource
{
    private const string Prefix = "migrations/";

    /// <summary>All migrations for a database, by rising version.</summary>
    public static IReadOnlyList<Migration> Load(DatabaseName database)
    {
        Assembly assembly = typeof(MigrationSource).Assembly;
        List<Migration> migrations = [];
        foreach (string resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            string file = Path.GetFileNameWithoutExtension(resource[Prefix.Length..]);
            using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
            migrations.Add(new(uint.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file[5..], Split(reader.ReadToEnd(), database)));
        }

        for (int i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Version != i + 1)
            {
                throw new SchemaException($"the migrations are not numbered 1 to {migrations.Count}: '{migrations[i].Name}' has {migrations[i].Version}");
            }
        }

        return migrations;
    }

    // A statement ends with a semicolon at the end of its line; comment lines stay with the statement below them.
    private static List<string> Split(string text, DatabaseName database) =>
        [.. text.Replace("{database}", database.ToString(), StringComparison.Ordinal).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
