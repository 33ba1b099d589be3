namespace IotTelemetry.ClickHouse.Sql;

/// <summary>Kinds of tokens, as far as they need to be told apart here.</summary>
internal enum SqlTokenKind
{
    /// <summary>A keyword, a number, or an identifier without quotes.</summary>
    Word,

    /// <summary>An identifier in double quotes or backticks.</summary>
    QuotedIdentifier,

    /// <summary>A string in single quotes or between two dollar tags.</summary>
    Text,

    /// <summary>One character of punctuation.</summary>
    Symbol,
}
