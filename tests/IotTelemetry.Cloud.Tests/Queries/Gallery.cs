using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace IotTelemetry.Cloud.Tests.Queries;

/// <summary>The queries of <c>cloud/queries</c>, as their files are.</summary>
internal static partial class Gallery
{
    public static IReadOnlyList<string> Names { get; } = [.. Directory.GetFiles(Folder(), "*.sql").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    public static string Sql(string name) => File.ReadAllText(Path.Combine(Folder(), $"{name}.sql"));

    /// <summary>The placeholders of a query, without those of its comments.</summary>
    public static IReadOnlyList<string> ParametersOf(string sql) =>
        [.. Placeholder().Matches(Comment().Replace(sql, "")).Select(match => match.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal)];

    public static string PathOf(string name) => Path.Combine(Folder(), $"{name}.sql");

    public static string ReadmePath => Path.Combine(Folder(), "..", "README.md");

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "cloud", "queries");

    [GeneratedRegex(@"\{(?<name>\w+):")]
    private static partial Regex Placeholder();

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex Comment();
}
