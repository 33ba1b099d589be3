using System.Text.RegularExpressions;

namespace IotTelemetry.Mqtt.Tests;

/// <summary>The conformance list keeps its word.</summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public void Every_test_the_list_names_exists()
    {
        var root = Root();
        var methods = Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => file.EndsWith("Tests.cs", StringComparison.Ordinal))
            .SelectMany(static file => Method().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}"))
            .ToHashSet();
        var named = Proof().Matches(File.ReadAllText(List(root))).Select(static match => match.Groups[1].Value).Distinct().ToArray();
        Assert.True(named.Length > 80);
        Assert.Equal([], named.Except(methods));
    }

    [Fact]
    public void Every_statement_is_listed_once_and_has_its_proof()
    {
        var lines = File.ReadAllLines(List(Root())).Where(static line => line.StartsWith("| MQTT-", StringComparison.Ordinal)).ToArray();
        var statements = lines.Select(static line => line.Split('|')[1].Trim()).ToArray();
        Assert.Equal(statements.Length, statements.Distinct().Count());
        Assert.True(statements.Length >= 240);
        Assert.All(lines, static line => Assert.NotEqual("", line.Split('|')[3].Trim()));
    }

    private static string List(string root) => Path.Combine(root, "protocol", "IotTelemetry.Mqtt", "CONFORMANCE.md");

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "IotTelemetry.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return directory.FullName;
    }

    [GeneratedRegex("`([A-Za-z0-9]+Tests\\.[A-Za-z0-9_]+)`")]
    private static partial Regex Proof();

    [GeneratedRegex("public (?:async )?(?:Task|void|Task<[^>]+>) ([A-Za-z0-9_]+)\\(")]
    private static partial Regex Method();
}
