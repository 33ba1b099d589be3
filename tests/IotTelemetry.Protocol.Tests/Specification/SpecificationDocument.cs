using System.Text.RegularExpressions;

namespace IotTelemetry.Protocol.Tests;

/// <summary>SPECIFICATION.md, taken apart: fenced blocks by what stands behind the fence, tables by their first row.</summary>
internal static partial class SpecificationDocument
{
    public static string Text { get; } = File.ReadAllText(Repository.Specification);

    /// <summary>The content of the one block that begins with the fence and <paramref name="kind"/>, without the last line feed.</summary>
    public static string Block(string kind) =>
        Assert.Single(Blocks().Matches(Text), match => match.Groups["kind"].Value == kind).Groups["content"].Value;

    /// <summary>The rows of the one table whose first row begins with these cells; back-quotes are taken off.</summary>
    public static List<string[]> Table(params string[] header)
    {
        string[] lines = Text.Split('\n');
        int start = Assert.Single(Enumerable.Range(0, lines.Length), i => Cells(lines[i]) is { } cells && cells.Take(header.Length).SequenceEqual(header));
        return [.. lines.Skip(start + 2).Select(Cells).TakeWhile(cells => cells is not null).Select(cells => cells!.Select(cell => cell.Trim('`')).ToArray())];
    }

    private static string[]? Cells(string line) =>
        line.StartsWith('|') ? [.. line.Trim('|').Split('|').Select(cell => cell.Trim())] : null;

    [GeneratedRegex("^```(?<kind>[a-z ]+)\n(?<content>.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();
}
