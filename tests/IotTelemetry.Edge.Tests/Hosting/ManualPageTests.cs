using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IotTelemetry.Edge.Hosting;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>The manual page speaks of everything that the agent can be asked for and told.</summary>
public sealed partial class ManualPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "iot-edge.8")).Replace("\\-", "-", StringComparison.Ordinal);

    /// <summary>Sections of the page, by their titles.</summary>
    private static readonly Dictionary<string, string> Sections =
        Page.Split(".SH ").Skip(1).ToDictionary(static s => s[..s.IndexOf('\n', StringComparison.Ordinal)], static s => s);

    [Fact]
    public void Every_command_and_option_is_in_synopsis_and_commands()
    {
        Assert.All(CommandLine.Verbs.Where(static v => v.Name.Length > 0), verb =>
        {
            Assert.Contains($"iot-edge {verb.Name}\n", Sections["SYNOPSIS"], StringComparison.Ordinal);
            Assert.Matches($"\n.TP\n.BI? {verb.Name}\\b", Sections["COMMANDS"]);
        });
        Assert.All(CommandLine.Verbs.SelectMany(static v => v.Options), option => Assert.Matches($"{option.Name}\\b", Sections["SYNOPSIS"]));
    }

    [Fact]
    public void Every_section_and_key_of_the_configuration_is_explained()
    {
        var words = Word().Matches(Sections["CONFIGURATION"] + Sections["ENVIRONMENT"]).Select(static m => m.Value).ToHashSet();
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "iot-edge.schema.json")))!;
        var keys = Keys(schema).Where(static k => k != "$schema").ToHashSet();
        Assert.True(keys.Count > 80, $"only {keys.Count} keys are looked at");
        Assert.All(keys, key => Assert.Contains(key, words));

        var sections = schema["properties"]!.AsObject().Select(static p => p.Key).Where(static k => k != "$schema");
        Assert.All(sections, section => Assert.Matches($"\n.TP\n.BR? .*\\b{section}\\b", Sections["CONFIGURATION"]));
    }

    [Theory]
    [InlineData("SIGTERM")]
    [InlineData("SIGINT")]
    [InlineData("SIGHUP")]
    public void Every_signal_is_explained(string signal) => Assert.Contains(signal, Sections["SIGNALS"], StringComparison.Ordinal);

    /// <summary>The keys of objects however deep; the sensors of a Linux board are explained by the examples.</summary>
    private static IEnumerable<string> Keys(JsonNode? schema)
    {
        if (schema is not JsonObject)
        {
            return [];
        }

        var own = schema["properties"]?.AsObject() ?? [];
        var alternatives = schema["allOf"]?.AsArray().Select(static a => a!["then"]).Where(static t => t!["properties"]!["kind"]!["const"]!.GetValue<string>() != "linux") ?? [];
        return own.Select(static p => p.Key).Concat(own.SelectMany(static p => Keys(p.Value))).Concat(Keys(schema["additionalProperties"])).Concat(Keys(schema["items"])).Concat(alternatives.SelectMany(Keys));
    }

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
