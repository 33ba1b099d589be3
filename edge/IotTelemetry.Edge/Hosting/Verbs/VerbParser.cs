using System.Globalization;

namespace IotTelemetry.Edge.Hosting.Verbs;

/// <summary>
/// Takes a command line apart: <c>--option VALUE</c> or <c>--option=VALUE</c> anywhere, <c>--</c> before words that only look like options. A library of the field would bring 0.8 MB of code for the nine verbs.
/// </summary>
internal static class VerbParser
{
    /// <summary>Proves the words behind a verb against what it takes.</summary>
    /// <exception cref="UsageException">Something is missing, unknown or too much.</exception>
    public static VerbInput Parse(Verb verb, ReadOnlySpan<string> words)
    {
        var arguments = new List<string>();
        var options = new Dictionary<string, string>();
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == "--")
            {
                arguments.AddRange(words[(i + 1)..]);
                break;
            }

            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                arguments.Add(words[i]);
                continue;
            }

            var end = words[i].IndexOf('=', StringComparison.Ordinal);
            var option = Find(verb, end < 0 ? words[i] : words[i][..end]);
            options[option.Name] = option.ValueName is null && end < 0 ? ""
                : option.ValueName is null ? throw new UsageException($"{option.Name} takes no value")
                : end >= 0 ? Checked(option, words[i][(end + 1)..])
                : ++i < words.Length ? Checked(option, words[i])
                : throw new UsageException($"{option.Name} wants a value: {option.ValueName}");
        }

        if (arguments.Count > verb.Arguments.Count)
        {
            throw new UsageException($"'{arguments[verb.Arguments.Count]}' is more than {verb.Title} takes");
        }

        string[] missing =
        [
            .. verb.Arguments.Select(a => a.Name).ToArray()[arguments.Count..],
            .. verb.Options.Where(o => o.IsRequired && !options.ContainsKey(o.Name)).Select(o => $"{o.Name} {o.ValueName}"),
        ];
        return missing.Length == 0 ? new VerbInput(verb, arguments, options) : throw new UsageException($"missing: {string.Join(", ", missing)}");
    }

    private static VerbOption Find(Verb verb, string name)
    {
        foreach (var option in verb.Options)
        {
            if (option.Name == name)
            {
                return option;
            }
        }

        throw new UsageException(verb.Options.Count == 0 ? $"{verb.Title} takes no options, and not {name}" : $"{name} is no option of {verb.Title}; there are {string.Join(", ", verb.Options.Select(o => o.Name))}");
    }

    private static string Checked(VerbOption option, string value)
    {
        if (option.Allowed.Count > 0 && !option.Allowed.Contains(value))
        {
            throw new UsageException($"{option.Name} is '{value}'; allowed: {string.Join(", ", option.Allowed)}");
        }

        return !option.IsNumber || (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= TimeSpan.MaxValue.TotalSeconds)
            ? value
            : throw new UsageException($"{option.Name} is '{value}'; allowed: a number from 0 on");
    }
}
