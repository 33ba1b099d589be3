namespace IotTelemetry.ClickHouse;

/// <summary>What goes with one statement, beside its text.</summary>
public sealed record StatementOptions
{
    /// <summary>Nothing.</summary>
    public static StatementOptions None { get; } = new();

    /// <summary>Database of names without one; null: <c>default</c>.</summary>
    public string? Database { get; init; }

    /// <summary>Values of the placeholders <c>{name:Type}</c>.</summary>
    public ClickHouseParameters? Parameters { get; init; }

    /// <summary>ClickHouse settings for this statement only, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
