using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IotTelemetry.Cloud.Schema;

/// <summary>Reads the numbered files of <c>Schema/Migrations</c>, which are embedded in the program.</summary>
internal static partial class MigrationSource
{
    private const string Prefix = "migrations/";

    /// <summary>All migrations for a database, by rising version; for a cluster in the form that <see cref="ClusterForm"/> gives them.</summary>
    public static IReadOnlyList<Migration> Load(DatabaseName database, ClusterName? cluster = null)
    {
        Assembly assembly = typeof(MigrationSource).Assembly;
        List<Migration> migrations = [];
        foreach (string resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            string file = Path.GetFileNameWithoutExtension(resource[Prefix.Length..]);
            using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
            string text = reader.ReadToEnd();
            List<string> statements = Split(text, database);
            migrations.Add(new(
                uint.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture),
                file[5..],
                ChecksumOf(text),
                cluster is null ? statements : [.. statements.SelectMany(statement => ClusterForm.Of(statement, cluster))]));
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

    private static string ChecksumOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Blank().Replace(Comment().Replace(text, ""), " ").Trim())).AsSpan(0, 8));

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
