using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace IotTelemetry.Protocol;

/// <summary>
/// What a name of a site, gateway, asset, asset kind, point or tag key may be: 1 to 64 of the characters <c>A-Z a-z 0-9 - _ .</c>, beginning with a letter
/// or digit and not ending with a dot
/// (SPECIFICATION.md, section 2). Such a name is one MQTT topic level, one file name and one SQL string without any escaping. Case matters. Thread-safe.
/// </summary>
public static class NameRules
{
    /// <summary>The greatest length of a name, in characters (and bytes: names are ASCII).</summary>
    public const int MaximumLength = 64;

    /// <summary>Whether <paramref name="name"/> obeys the rules; if not, <paramref name="problem"/> says why in words that fit behind "name 'x': ".</summary>
    public static bool IsValid(ReadOnlySpan<char> name, [NotNullWhen(false)] out string? problem)
    {
        problem = name.IsEmpty ? "is empty; 1 to 64 characters are allowed"
            : name.Length > MaximumLength ? string.Create(CultureInfo.InvariantCulture, $"has {name.Length} characters; 1 to 64 are allowed")
            : null;
        for (int i = 0; problem is null && i < name.Length; i++)
        {
            if (!IsAllowed(name[i]))
            {
                problem = string.Create(CultureInfo.InvariantCulture,
                    $"has U+{(int)name[i]:X4} at position {i}; only A-Z a-z 0-9 - _ . are allowed, {Because(name[i])}");
            }
        }
        if (problem is null && !char.IsAsciiLetterOrDigit(name[0]))
        {
            problem = $"begins with '{name[0]}'; it must begin with a letter or digit, so that it is never '.', '..' or mistaken for a command line option";
        }
        if (problem is null && name[^1] == '.')
        {
            problem = "ends with a dot, which some file systems drop";
        }
        return problem is null;
    }

    /// <summary>The same rules over UTF-8 bytes, without the explanation; allocates nothing.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8Name)
    {
        if (utf8Name.IsEmpty || utf8Name.Length > MaximumLength || !char.IsAsciiLetterOrDigit((char)utf8Name[0]) || utf8Name[^1] == (byte)'.')
        {
            return false;
        }
        foreach (byte character in utf8Name)
        {
            if (!IsAllowed((char)character))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Returns <paramref name="name"/> when it obeys the rules.</summary>
    /// <param name="name">The name to check.</param>
    /// <param name="what">What the name is for, for the message: "site", "asset" ...</param>
    /// <exception cref="ArgumentException">It does not; the message names <paramref name="what"/>, the name and the rule it breaks.</exception>
    public static string Require(string? name, string what) =>
        IsValid(name, out string? problem) ? name! : throw new ArgumentException($"{what} '{Shown(name)}' {problem}.", what);

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';

    private static string Shown(string? name) => name is { Length: > MaximumLength } ? string.Concat(name.AsSpan(0, MaximumLength), "…") : name ?? "";

    private static string Because(char character) => character switch
    {
        '/' => "and '/' separates MQTT topic levels and directories",
        '+' or '#' => "and it is an MQTT wildcard",
        '$' => "and topics beginning with it belong to brokers",
        '\'' or '"' or '`' or '\\' => "and it quotes in SQL",
        ' ' => "and a space breaks command lines",
        _ => "so that a name is the same in every topic, file name and query",
    };
}
