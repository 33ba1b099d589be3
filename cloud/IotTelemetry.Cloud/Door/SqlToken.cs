namespace IotTelemetry.Cloud.Door;

/// <summary>One token; <paramref name="Value"/> is without quotes, its escapes are not resolved.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Value)
{
    public bool IsWord(string word) => Kind == SqlTokenKind.Word && Value.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(char symbol) => Kind == SqlTokenKind.Symbol && Value[0] == symbol;
}
