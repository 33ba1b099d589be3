namespace IotTelemetry.ClickHouse.Sql;

/// <summary>One token; <paramref name="Value"/> is without quotes, its escapes are not resolved.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Its text.</param>
/// <param name="Start">Where it begins in the statement.</param>
/// <param name="End">Where what follows it begins.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Value, int Start, int End)
{
    public bool IsWord(string word) => Kind == SqlTokenKind.Word && Value.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(char symbol) => Kind == SqlTokenKind.Symbol && Value[0] == symbol;

    /// <summary>A word or a quoted identifier: what may name a table, a column, a setting or a function.</summary>
    public bool IsName => Kind is SqlTokenKind.Word or SqlTokenKind.QuotedIdentifier;
}
