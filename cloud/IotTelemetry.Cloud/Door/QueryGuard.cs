using System.Collections.Frozen;

namespace IotTelemetry.Cloud.Door;

/// <summary>
/// Lets pass what reads the store, and nothing else. The engine itself refuses writes (<c>readonly = 2</c>), but as a library it would read and write files for whoever asks:
/// table functions, <c>FROM 'path'</c>, <c>INTO OUTFILE</c>. This closes those ways before the engine sees the query.
/// </summary>
internal sealed class QueryGuard(FrozenSet<string> forbiddenFunctions)
{
    private static readonly FrozenSet<string> Beginnings =
        new[] { "SELECT", "WITH", "FROM", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS", "VALUES" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> BeforeTables =
        new[] { "FROM", "JOIN", "TABLE", "DESCRIBE", "DESC", "EXISTS", "IN" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks one statement.</summary>
    /// <returns>The format its FORMAT clause names, or null.</returns>
    /// <exception cref="QueryRefusedException">It may not run here.</exception>
    public string? Check(string sql)
    {
        List<SqlToken> tokens = SqlLexer.Split(sql);
        while (tokens.Count > 0 && tokens[^1].IsSymbol(';'))
        {
            tokens.RemoveAt(tokens.Count - 1);
        }

        if (tokens.Count == 0)
        {
            throw QueryRefusedException.Syntax("Empty query");
        }

        int begin = tokens.FindIndex(token => !token.IsSymbol('('));
        if (begin < 0 || tokens[begin].Kind != SqlTokenKind.Word || !Beginnings.Contains(tokens[begin].Value))
        {
            throw QueryRefusedException.ReadOnly($"Cannot execute query in readonly mode: this door serves {string.Join(", ", Beginnings.Order())}");
        }

        for (int i = 0; i < tokens.Count; i++)
        {
            CheckToken(tokens, i);
        }

        return FormatOf(tokens);
    }

    private void CheckToken(List<SqlToken> tokens, int i)
    {
        SqlToken token = tokens[i];
        SqlToken next = i + 1 < tokens.Count ? tokens[i + 1] : default;
        bool isName = token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedIdentifier;
        if (token.IsSymbol(';'))
        {
            throw QueryRefusedException.Syntax("Multi-statements are not allowed");
        }

        if (isName && next.Kind == SqlTokenKind.Symbol && next.IsSymbol('(') && forbiddenFunctions.Contains(token.Value))
        {
            throw QueryRefusedException.Denied($"The function {token.Value} is not available here: it could reach files or the network");
        }

        if (token.Kind == SqlTokenKind.QuotedIdentifier && token.Value.Contains('\\', StringComparison.Ordinal))
        {
            throw QueryRefusedException.Denied("A quoted name may not have escapes here");
        }

        // The engine refuses readonly = 0 in a SETTINGS clause, but takes readonly = DEFAULT for the way out.
        if (isName && next.Kind == SqlTokenKind.Symbol && next.IsSymbol('=') && token.Value.Equals("readonly", StringComparison.OrdinalIgnoreCase))
        {
            throw QueryRefusedException.ReadOnly("Cannot modify 'readonly' setting in readonly mode");
        }

        // WITH … INSERT INTO is one statement, too.
        if (token.IsWord("INSERT") && next is { Kind: SqlTokenKind.Word } && next.IsWord("INTO"))
        {
            throw QueryRefusedException.ReadOnly("Cannot execute query in readonly mode");
        }

        if (token.IsWord("OUTFILE") || token.IsWord("INFILE"))
        {
            throw QueryRefusedException.Denied("INTO OUTFILE and FROM INFILE are not available here; redirect the output of your client instead");
        }

        if (token.IsSymbol(':') && next is { Kind: SqlTokenKind.Word } && next.IsWord("Identifier"))
        {
            throw QueryRefusedException.Denied("Parameters of type Identifier are not available here");
        }

        // The engine takes a table's name also for the path of a file.
        bool isTable = (token.Kind == SqlTokenKind.Word && BeforeTables.Contains(token.Value)) || token.IsSymbol(',') || token.IsSymbol('.');
        bool isPath = next.Kind == SqlTokenKind.QuotedIdentifier && next.Value.AsSpan().ContainsAny('/', '.', '*');
        bool isText = next.Kind == SqlTokenKind.Text && token.Kind == SqlTokenKind.Word && !token.IsWord("IN") && BeforeTables.Contains(token.Value);
        if (next.Value is not null && ((isTable && isPath) || isText))
        {
            throw QueryRefusedException.Denied($"'{next.Value}' could be the path of a file; name tables as database.table, and columns without / . or *");
        }
    }

    // FORMAT comes last, but for SETTINGS.
    private static string? FormatOf(List<SqlToken> tokens)
    {
        for (int i = tokens.Count - 2; i > 0; i--)
        {
            if (tokens[i].IsWord("FORMAT") && tokens[i + 1].Kind == SqlTokenKind.Word && (i + 2 == tokens.Count || tokens[i + 2].IsWord("SETTINGS")))
            {
                return tokens[i + 1].Value;
            }
        }

        return null;
    }
}
