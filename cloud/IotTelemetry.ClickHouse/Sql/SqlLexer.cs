namespace IotTelemetry.ClickHouse.Sql;

/// <summary>
/// Splits a statement into tokens by the rules of ClickHouse's lexer (src/Parsers/Lexer.cpp). Where the two could differ, this one refuses: what it lets pass, ClickHouse reads
/// the same way.
/// </summary>
internal static class SqlLexer
{
    /// <summary>All tokens; comments and white space are left out.</summary>
    /// <exception cref="ClickHouseException">Code 62: The text does not split into tokens, or not in one way only.</exception>
    public static List<SqlToken> Split(string sql) => [.. Read(sql)];

    /// <summary>The tokens one after the other, each read when it is asked for: what follows an INSERT's head is not SQL.</summary>
    /// <exception cref="ClickHouseException">As for <see cref="Split"/>.</exception>
    public static IEnumerable<SqlToken> Read(string sql)
    {
        for (int at = 0; at < sql.Length;)
        {
            char c = sql[at];
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
            {
                int end = at + 1;
                while (end < sql.Length && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] is '_' or '$'))
                {
                    end++;
                }

                yield return new SqlToken(SqlTokenKind.Word, sql[at..end], at, end);
                at = end;
            }
            else if (c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v')
            {
                at++;
            }
            else if (c is '\'' or '"' or '`')
            {
                int end = EndOfQuoted(sql, at);
                yield return new SqlToken(c == '\'' ? SqlTokenKind.Text : SqlTokenKind.QuotedIdentifier, sql[(at + 1)..(end - 1)], at, end);
                at = end;
            }
            else if (c == '$')
            {
                SqlToken heredoc = Heredoc(sql, at);
                yield return heredoc;
                at = heredoc.End;
            }
            else if (StartsComment(sql, at))
            {
                at = EndOfComment(sql, at);
            }
            else if (c is > ' ' and <= '~')
            {
                yield return new SqlToken(SqlTokenKind.Symbol, c.ToString(), at, at + 1);
                at++;
            }
            else
            {
                // Typographic quotes and dashes mean something to newer versions of ClickHouse.
                throw Refusal($"the character U+{(int)c:X4} at position {at} is allowed inside quotes only");
            }
        }
    }

    private static bool StartsComment(string sql, int at) => At(sql, at) switch
    {
        ('-', '-') or ('/', '*') or ('#', '!') or ('#', ' ') => true,
        ('/', '/') or ('#', _) => throw Refusal($"'{sql[at]}' at position {at} is not allowed here; comments begin with -- or /*"),
        _ => false,
    };

    private static (char First, char Second) At(string sql, int at) => (sql[at], at + 1 < sql.Length ? sql[at + 1] : '\0');

    private static int EndOfComment(string sql, int at)
    {
        if (sql[at] != '/')
        {
            int newLine = sql.IndexOf('\n', at);
            return newLine < 0 ? sql.Length : newLine + 1;
        }

        int end = sql.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (end < 0 || sql.IndexOf("/*", at + 2, end - at - 2, StringComparison.Ordinal) >= 0)
        {
            throw Refusal($"the comment at position {at} does not end, or holds another one");
        }

        return end + 2;
    }

    private static int EndOfQuoted(string sql, int start)
    {
        char quote = sql[start];
        for (int at = start + 1; at < sql.Length; at++)
        {
            if (sql[at] == '\\')
            {
                at++;
            }
            else if (sql[at] == quote)
            {
                if (at + 1 == sql.Length || sql[at + 1] != quote)
                {
                    return at + 1;
                }

                at++;
            }
        }

        throw Refusal($"the quote at position {start} is not closed");
    }

    private static SqlToken Heredoc(string sql, int start)
    {
        int tagEnd = sql.IndexOf('$', start + 1);
        string tag = tagEnd < 0 ? "" : sql[start..(tagEnd + 1)];
        int end = tagEnd < 0 || tag.AsSpan(1, tag.Length - 2).ContainsAnyExcept(WordCharacters) ? -1 : sql.IndexOf(tag, tagEnd + 1, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Refusal($"the $ at position {start} does not begin a string $tag$...$tag$");
        }

        return new SqlToken(SqlTokenKind.Text, sql[(tagEnd + 1)..end], start, end + tag.Length);
    }

    private static ClickHouseException Refusal(string message) =>
        new(ClickHouseErrors.SyntaxError, $"Code: {ClickHouseErrors.SyntaxError}. DB::Exception: Syntax error: {message}. (SYNTAX_ERROR)");

    private static readonly System.Buffers.SearchValues<char> WordCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}
