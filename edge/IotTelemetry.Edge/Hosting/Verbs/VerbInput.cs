using System.Globalization;

namespace IotTelemetry.Edge.Hosting.Verbs;

/// <summary>What stood behind a verb on the command line, proven against what the verb takes. Immutable.</summary>
internal sealed class VerbInput(Verb verb, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> options)
{
    public string this[VerbArgument argument]
    {
        get
        {
            for (var i = 0; i < arguments.Count; i++)
            {
                if (verb.Arguments[i] == argument)
                {
                    return arguments[i];
                }
            }

            throw new ArgumentException($"{argument.Name} is no argument of {verb.Title}", nameof(argument));
        }
    }

    public bool Has(VerbOption option) => options.ContainsKey(option.Name);

    /// <summary>The value given, or the default; null when there is neither.</summary>
    public string? Text(VerbOption option) => options.GetValueOrDefault(option.Name, option.Default!);

    /// <summary>The value of an option that is required or has a default.</summary>
    public string RequiredText(VerbOption option) => Text(option) ?? throw new ArgumentException($"{option.Name} need not be given", nameof(option));

    /// <summary>The value of an option that is a number; null when it was not given.</summary>
    public double? Number(VerbOption option) => Text(option) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
}
