using System.Text;

namespace IotTelemetry.Edge.Hosting.Verbs;

/// <summary>What <c>--help</c> prints.</summary>
internal static class VerbHelp
{
    /// <summary>All that the program can do.</summary>
    public static string Of(string description, IReadOnlyList<Verb> verbs)
    {
        var text = new StringBuilder(description).AppendLine().AppendLine();
        foreach (var verb in verbs)
        {
            text.AppendLine(Synopsis(verb)).Append("    ").AppendLine(verb.Description);
        }

        return text.AppendLine().AppendLine("iot-edge VERB --help    what its arguments and options are").Append("iot-edge --version").ToString();
    }

    /// <summary>One verb.</summary>
    public static string Of(Verb verb)
    {
        var text = new StringBuilder(Synopsis(verb)).AppendLine().AppendLine(verb.Description);
        foreach (var argument in verb.Arguments)
        {
            Line(text, argument.Name, argument.Description, "");
        }

        foreach (var option in verb.Options)
        {
            var values = option.Allowed.Count > 0 ? $" ({string.Join(", ", option.Allowed)})" : option.Default is { } usual ? $" ({usual} unless given)" : "";
            Line(text, Typed(option), option.Description, values);
        }

        return text.ToString().TrimEnd();
    }

    private static string Synopsis(Verb verb) =>
        string.Join(' ', [verb.Title, .. verb.Arguments.Select(a => a.Name), .. verb.Options.Select(o => o.IsRequired ? Typed(o) : $"[{Typed(o)}]")]);

    private static string Typed(VerbOption option) => option.ValueName is { } value ? $"{option.Name} {value}" : option.Name;

    private static void Line(StringBuilder text, string name, string description, string values) => text.Append("  ").Append(name.PadRight(26)).Append(description).AppendLine(values);
}
