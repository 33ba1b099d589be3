using System.Collections.Frozen;

namespace IotTelemetry.ClickHouse.Sql;

/// <summary>
/// The end of a statement that answers with rows, <c>[INTO OUTFILE file] [FORMAT name] [SETTINGS …]</c> (src/Parsers/ParserQueryWithOutput.cpp).
/// </summary>
internal static class OutputClause
{
    private static readonly FrozenSet<string> Answering =
        new[] { "SELECT", "WITH", "FROM", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "CHECK" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The format that the FORMAT clause names, or null.</summary>
    public static string? FormatOf(List<SqlToken> tokens) => FormatAt(tokens) is >= 0 and int at ? tokens[at + 1].Value : null;

    /// <summary>The same statement with its result going into a file, encoded by the engine as a whole; null when the statement has no place for the clause.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="format">Of the result, when the statement has no FORMAT clause.</param>
    /// <param name="path">Of the file, which is there already; written into the text as it is.</param>
    public static string? Redirect(string sql, string format, string path)
    {
        List<SqlToken> tokens = SqlLexer.Split(sql);
        while (tokens.Count > 0 && tokens[^1].IsSymbol(';'))
        {
            tokens.RemoveAt(tokens.Count - 1);
        }

        SqlToken first = tokens.FirstOrDefault(token => !token.IsSymbol('('));
        if (first.Kind != SqlTokenKind.Word || first.Value is null || !Answering.Contains(first.Value) || tokens.Any(IsForeign))
        {
            return null;
        }

        int at = FormatAt(tokens);
        if (at < 0 && !first.IsWord("SELECT") && !first.IsWord("WITH"))
        {
            at = SettingsAt(tokens);
        }

        string into = $"INTO OUTFILE '{path}' APPEND";
        int end = tokens[^1].End;
        return at < 0 ? $"{sql[..end]} {into} FORMAT {format}"
            : tokens[at].IsWord("FORMAT") ? $"{sql[..tokens[at].Start]}{into} {sql[tokens[at].Start..end]}"
            : $"{sql[..tokens[at].Start]}{into} FORMAT {format} {sql[tokens[at].Start..end]}";
    }

    private static bool IsForeign(SqlToken token) => token.IsSymbol(';') || token.IsWord("OUTFILE") || token.IsWord("INSERT");

    // FORMAT comes last, but for SETTINGS.
    private static int FormatAt(List<SqlToken> tokens)
    {
        for (int i = tokens.Count - 2; i > 0; i--)
        {
            if (tokens[i].IsWord("FORMAT") && tokens[i + 1].Kind == SqlTokenKind.Word && (i + 2 == tokens.Count || tokens[i + 2].IsWord("SETTINGS")))
            {
                return i;
            }
        }

        return -1;
    }

    private static int SettingsAt(List<SqlToken> tokens)
    {
        int depth = 0;
        for (int i = 0; i < tokens.Count - 2; i++)
        {
            depth += tokens[i].IsSymbol('(') ? 1 : tokens[i].IsSymbol(')') ? -1 : 0;
            if (depth == 0 && tokens[i].IsWord("SETTINGS") && tokens[i + 1].IsName && tokens[i + 2].IsSymbol('='))
            {
                return i;
            }
        }

        return -1;
    }
}
