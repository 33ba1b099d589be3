namespace IotTelemetry.Cloud.Schema;

/// <summary>
/// A database name that is safe to write into SQL text. DDL takes no query parameters for the names inside a materialized view, so the name is
/// restricted instead: a letter, then up to 62 letters, digits or underscores.
/// </summary>
internal readonly record struct DatabaseName
{
    private readonly string? _value;

    private DatabaseName(string value) => _value = value;

    /// <summary><c>iot</c>.</summary>
    public static DatabaseName Default { get; } = new("iot");

    /// <summary>Checks <paramref name="name"/>.</summary>
    /// <exception cref="FormatException">The name has a character that is not allowed, or a wrong length.</exception>
    public static DatabaseName Parse(string name)
    {
        bool valid = name.Length is > 0 and <= 63 && char.IsAsciiLetter(name[0]);
        foreach (char c in name)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c == '_';
        }

        return valid
            ? new DatabaseName(name)
            : throw new FormatException($"database name '{name}' is not allowed; allowed is a letter, then up to 62 letters, digits or underscores");
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "iot";
}
