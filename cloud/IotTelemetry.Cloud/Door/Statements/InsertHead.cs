using IotTelemetry.ClickHouse.Sql;

namespace IotTelemetry.Cloud.Door.Statements;

/// <summary>The head of an INSERT, apart from its rows: <c>INSERT INTO [database.]table [(columns)] [SETTINGS …] [FORMAT name | VALUES | query | query of input(…) FORMAT name]</c>.</summary>
/// <param name="Database">As it is named, or null.</param>
/// <param name="Table">The table.</param>
/// <param name="Sql">The statement up to its format; with a query: all of it.</param>
/// <param name="Format">Of the rows that follow; null with a query.</param>
/// <param name="IsFormatNamed">There is a FORMAT clause or VALUES.</param>
/// <param name="Tokens">Of <paramref name="Sql"/>.</param>
/// <param name="RowsAt">Where the rows begin in the text; its length when it ends before them.</param>
internal sealed record InsertHead(string? Database, string Table, string Sql, string? Format, bool IsFormatNamed, List<SqlToken> Tokens, int RowsAt)
{
    // What a statement without FORMAT and VALUES has.
    private const string DefaultFormat = "Values";

    /// <summary>Reads the head at the beginning of a text; what follows it need not be SQL.</summary>
    /// <exception cref="QueryRefusedException">It is not the head of an INSERT into a table.</exception>
    public static InsertHead Read(string text)
    {
        List<SqlToken> tokens = [];
        int depth = 0;
        string? before = null;
        bool isQuery = false;
        bool hasInput = false;
        foreach (SqlToken token in SqlLexer.Read(text))
        {
            depth += token.IsSymbol('(') ? 1 : token.IsSymbol(')') ? -1 : 0;
            bool isKeyword = depth == 0 && tokens.Count > 2;
            isQuery |= isKeyword && (token.IsWord("SELECT") || token.IsWord("WITH"));
            hasInput |= isQuery && before == "INPUT" && token.IsSymbol('(');
            if (isKeyword && before == "FORMAT" && token.Kind == SqlTokenKind.Word && isQuery == hasInput)
            {
                tokens.RemoveAt(tokens.Count - 1);
                return Create(tokens, text[..tokens[^1].End], token.Value, true, RowsAfter(text, token.End));
            }

            if (isKeyword && token.IsWord("VALUES") && !isQuery)
            {
                return Create(tokens, text[..tokens[^1].End], DefaultFormat, true, token.End);
            }

            before = token.Kind == SqlTokenKind.Word ? token.Value.ToUpperInvariant() : null;
            tokens.Add(token);
            if (token.IsSymbol(';'))
            {
                break;
            }
        }

        if (isQuery)
        {
            return WithQuery(text);
        }

        tokens.RemoveAll(token => token.IsSymbol(';'));
        return Create(tokens, tokens.Count > 0 ? text[..tokens[^1].End] : "", DefaultFormat, false, text.Length);
    }

    private static InsertHead WithQuery(string text)
    {
        List<SqlToken> tokens = QueryGuard.Split(text);
        return Create(tokens, text[..tokens[^1].End], null, true, text.Length);
    }

    // As ClickHouse does: blanks and one line end are not rows yet.
    private static int RowsAfter(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\f')
        {
            at++;
        }

        if (at < text.Length && text[at] == ';')
        {
            throw QueryRefusedException.Syntax("You have excessive ';' symbol before data for INSERT");
        }

        at += at < text.Length && text[at] == '\r' ? 1 : 0;
        return at < text.Length && text[at] == '\n' ? at + 1 : at;
    }

    private static InsertHead Create(List<SqlToken> tokens, string sql, string? format, bool isFormatNamed, int rowsAt)
    {
        int at = 1;
        at += at < tokens.Count && tokens[at].IsWord("INTO") ? 1 : 0;
        at += at < tokens.Count && tokens[at].IsWord("TABLE") ? 1 : 0;
        if (at >= tokens.Count || !tokens[at].IsName || tokens.Exists(token => token.IsWord("INFILE")) || (tokens[at].IsWord("FUNCTION") && at + 1 < tokens.Count && tokens[at + 1].IsName))
        {
            throw QueryRefusedException.Denied("INSERT goes INTO a table here, with its rows in the request or from a SELECT");
        }

        bool isQualified = at + 2 < tokens.Count && tokens[at + 1].IsSymbol('.') && tokens[at + 2].IsName;
        return new InsertHead(isQualified ? tokens[at].Value : null, tokens[isQualified ? at + 2 : at].Value, sql, format, isFormatNamed, tokens, rowsAt);
    }
}
