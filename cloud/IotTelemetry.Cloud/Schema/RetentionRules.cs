using System.Globalization;

namespace IotTelemetry.Cloud.Schema;

/// <summary>
/// How long readings are kept, per site and kind of asset. A rule is written <c>SITE/KIND=DAYSd</c>, with <c>*</c> for any: <c>*/*=730d</c>, <c>*/parking_bay=90d</c>,
/// <c>depot-3/ev_charger=3650d</c>. The rule that names the site and the kind wins, then one that names the site, then one that names the kind, then <c>*/*</c>. What no rule
/// covers is kept for ever.
/// <para>
/// Every reading carries the name of its rule (<c>SITE/KIND</c>), and a partition holds one month of one rule: so what is over is dropped as whole parts, and what is kept longer is not
/// rewritten for it. The days of a rule may be changed at any time and then hold for its older readings too; a new rule holds for readings that come in from then on.
/// </para>
/// Immutable.
/// </summary>
internal sealed class RetentionRules
{
    /// <summary>Each rule is one more partition a month.</summary>
    public const int MaximumRules = 32;

    /// <summary>The most that a rule can say, about a hundred years.</summary>
    public const int LongestDays = 36_500;

    private const string Any = "*";
    private readonly Dictionary<(string Site, string Kind), int> _rules = [];
    private readonly List<string> _names = ["*/*"];
    private readonly List<int?> _days = [null];

    /// <summary>No rule: everything is kept.</summary>
    public static RetentionRules KeepAll { get; } = new([]);

    /// <summary>Reads rules as they are written on the command line.</summary>
    /// <exception cref="FormatException">A rule does not read, or names the same as one before it.</exception>
    public RetentionRules(IEnumerable<string> rules)
    {
        foreach (string rule in rules)
        {
            string[] parts = rule.Split('/', '=');
            bool reads = parts.Length == 3 && rule.IndexOf('/', StringComparison.Ordinal) < rule.IndexOf('=', StringComparison.Ordinal) && IsName(parts[0]) && IsName(parts[1]);
            if (!reads || !parts[2].EndsWith('d') || !int.TryParse(parts[2].AsSpan(0, parts[2].Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int days) || days is < 1 or > LongestDays)
            {
                throw new FormatException($"'{rule}' is no rule of retention; allowed is SITE/KIND=DAYSd, 1 to 36500 days, * for any site or kind, for example */parking_bay=90d");
            }

            Add(parts[0], parts[1], days, rule);
        }
    }

    /// <summary>The names of the rules, the one for everything else first; a reading carries one of them.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Per name the days, null for ever.</summary>
    public IReadOnlyList<int?> Days => _days;

    /// <summary>The rule for an asset, as an index into <see cref="Names"/>.</summary>
    public int RuleOf(string site, string kind) =>
        _rules.TryGetValue((site, kind), out int rule) || _rules.TryGetValue((site, Any), out rule) || _rules.TryGetValue((Any, kind), out rule) ? rule : 0;

    private static bool IsName(string text) => text.Length is > 0 and <= 128 && !text.AsSpan().ContainsAny('\'', '\\') && !text.Any(char.IsControl);

    private void Add(string site, string kind, int days, string rule)
    {
        if ((site, kind) == (Any, Any))
        {
            _days[0] = _days[0] is null ? days : throw Twice(rule);
        }
        else if (!_rules.TryAdd((site, kind), _names.Count))
        {
            throw Twice(rule);
        }
        else if (_names.Count == MaximumRules)
        {
            throw new FormatException($"'{rule}' is one rule of retention too many; allowed are {MaximumRules}");
        }
        else
        {
            _names.Add($"{site}/{kind}");
            _days.Add(days);
        }
    }

    private static FormatException Twice(string rule) => new($"'{rule}' is given twice; allowed is one rule for each site and kind");
}
