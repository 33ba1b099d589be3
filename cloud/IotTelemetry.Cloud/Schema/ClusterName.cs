namespace IotTelemetry.Cloud.Schema;

/// <summary>
/// A cluster's name as the servers' configuration has it (<c>remote_servers</c>), safe to write into SQL text: up to 64 letters, digits, dots, dashes or underscores.
/// </summary>
internal sealed record ClusterName
{
    private readonly string _value;

    private ClusterName(string value) => _value = value;

    /// <summary>Checks <paramref name="name"/>.</summary>
    /// <exception cref="FormatException">The name has a character that is not allowed, or a wrong length.</exception>
    public static ClusterName Parse(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? new ClusterName(name)
            : throw new FormatException($"cluster name '{name}' is not allowed; allowed are up to 64 letters, digits, dots, dashes or underscores");

    /// <inheritdoc/>
    public override string ToString() => _value;
}
