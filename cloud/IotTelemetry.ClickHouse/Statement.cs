using System.Text;
using System.Text.RegularExpressions;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse;

/// <summary>Texts of statements: what both engines must know about SQL, and no more.</summary>
internal static partial class Statement
{
    /// <summary>
    /// The setting by which a repeated insert reaches the views of its table as well. A server that died between the table and its view has the one and not the other; with 0, the default of
    /// servers before 26, a repeat that the table knows would not reach the view any more (ClickHouse documentation, "Deduplicating inserts on retries").
    /// </summary>
    public const string ViewsOnRepeat = "deduplicate_blocks_in_dependent_materialized_views";

    /// <summary>What failed, for an error message: the first line of the statement.</summary>
    public static string Doing(string sql)
    {
        ReadOnlySpan<char> text = sql.AsSpan().Trim();
        int end = text.IndexOfAny('\r', '\n');
        text = end < 0 ? text : text[..end];
        return text.Length <= 120 ? $"ClickHouse refused \"{text}\"" : $"ClickHouse refused \"{text[..120]}…\"";
    }

    /// <summary>The INSERT for a block: its columns by name.</summary>
    public static string Insert(string table, NativeBlock block, string? deduplicationToken) => Insert(Columns(table, block), deduplicationToken);

    /// <summary>What follows INSERT INTO for a block: the table, and the columns by name.</summary>
    public static string Columns(string table, NativeBlock block)
    {
        StringBuilder into = new(QuoteTable(table));
        for (int i = 0; i < block.Names.Count; i++)
        {
            into.Append(i == 0 ? " (" : ", ").Append(Quote(block.Names[i]));
        }

        return into.Append(')').ToString();
    }

    /// <summary>An INSERT without FORMAT and data, which go beside it.</summary>
    public static string Insert(string into, string? deduplicationToken) => deduplicationToken is null
        ? $"INSERT INTO {into}"
        : $"INSERT INTO {into} SETTINGS insert_deduplication_token = {Literal(deduplicationToken)}, {ViewsOnRepeat} = 1";

    /// <summary>A string literal.</summary>
    public static string Literal(string text) =>
        $"'{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    /// <summary>True when the statement only changes its session, which callers here do not have: the change would meet somebody else's statement.</summary>
    public static bool ChangesSession(string sql) => SessionStatement().IsMatch(sql);

    /// <summary>True for a statement that starts as a query.</summary>
    public static bool IsSelect(string sql) => SelectStatement().IsMatch(sql);

    /// <summary>True for an INSERT with a FORMAT clause and no query: its rows follow in the text.</summary>
    public static bool HasInlineRows(string sql) => InlineRows().IsMatch(sql);

    private static string QuoteTable(string table)
    {
        int dot = table.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? Quote(table) : $"{Quote(table[..dot])}.{Quote(table[(dot + 1)..])}";
    }

    /// <summary>A name in backticks.</summary>
    public static string Quote(string name) =>
        $"`{name.Replace("\\", @"\\", StringComparison.Ordinal).Replace("`", @"\`", StringComparison.Ordinal)}`";

    // Each begins with any blanks and comments, then the word.
    [GeneratedRegex(@"\A(?:\s|--[^\n]*(?:\n|\z)|/\*.*?\*/)*(?:SET|USE)\s", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex SessionStatement();

    [GeneratedRegex(@"\A(?:\s|--[^\n]*(?:\n|\z)|/\*.*?\*/|\()*(?:SELECT|WITH)\b", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex SelectStatement();

    [GeneratedRegex(@"\A(?:\s|--[^\n]*(?:\n|\z)|/\*.*?\*/)*INSERT\s(?:(?!\b(?:SELECT|WITH|VALUES)\b).)*\bFORMAT\s+\w", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex InlineRows();
}
