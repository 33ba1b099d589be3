using System.Collections.Frozen;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Statements;

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

    // What tells about this machine, other users' queries or how the engine was started is not among them.
    private static readonly FrozenSet<string> SystemTables = new[]
    {
        "one", "numbers", "numbers_mt", "zeros", "zeros_mt", "primes", "tables", "columns", "databases", "functions", "aggregate_function_combinators", "formats", "settings", "data_type_families",
        "table_functions", "table_engines", "database_engines", "time_zones", "build_options", "parts", "parts_columns", "projections", "projection_parts", "data_skipping_indices", "merge_tree_settings",
        "merges", "mutations", "detached_parts", "keywords", "collations", "codecs", "contributors", "licenses", "documentation", "unicode", "completions", "dictionaries", "view_refreshes", "disks",
        "storage_policies", "metrics", "events", "replicas", "errors", "constraints", "data_skipping_index_types",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Showable = new[]
    {
        "TABLES", "FULL", "EXTENDED", "TEMPORARY", "DATABASES", "CREATE", "COLUMNS", "FIELDS", "INDEX", "INDEXES", "INDICES", "KEYS", "FUNCTIONS", "SETTING", "SETTINGS", "CHANGED", "ENGINES",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotCreatable =
        new[] { "USER", "ROLE", "ACCESS", "PROFILE", "ROW", "POLICY", "QUOTA" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The tokens of one statement, without semicolons at its end.</summary>
    /// <exception cref="QueryRefusedException">There is none.</exception>
    public static List<SqlToken> Split(string sql)
    {
        List<SqlToken> tokens = SqlLexer.Split(sql);
        while (tokens.Count > 0 && tokens[^1].IsSymbol(';'))
        {
            tokens.RemoveAt(tokens.Count - 1);
        }

        return tokens.Count > 0 ? tokens : throw QueryRefusedException.Syntax("Empty query");
    }

    /// <summary>Checks one statement that reads.</summary>
    /// <returns>The format its FORMAT clause names, or null.</returns>
    /// <exception cref="QueryRefusedException">It may not run here.</exception>
    public string? Check(List<SqlToken> tokens, DoorUser user)
    {
        int begin = tokens.FindIndex(token => !token.IsSymbol('('));
        if (begin < 0 || tokens[begin].Kind != SqlTokenKind.Word || !Beginnings.Contains(tokens[begin].Value))
        {
            throw QueryRefusedException.ReadOnly($"Cannot execute query in readonly mode: this door serves {string.Join(", ", Beginnings.Order())}");
        }

        if (tokens[begin].IsWord("SHOW"))
        {
            CheckShow(tokens, begin);
        }

        // WITH … INSERT INTO is one statement, too.
        if (tokens.Exists(token => token.IsWord("INSERT")))
        {
            throw QueryRefusedException.ReadOnly("Cannot execute query in readonly mode");
        }

        CheckInside(tokens, user);
        return OutputClause.FormatOf(tokens);
    }

    /// <summary>Checks what is inside any statement: functions, names of files, system tables, settings.</summary>
    /// <exception cref="QueryRefusedException">Something in it may not be used here.</exception>
    public void CheckInside(List<SqlToken> tokens, DoorUser user)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            CheckToken(tokens, i);
        }

        SettingsPolicy.CheckClauses(tokens, user);
    }

    private static void CheckShow(List<SqlToken> tokens, int begin)
    {
        SqlToken what = begin + 1 < tokens.Count ? tokens[begin + 1] : default;
        SqlToken next = begin + 2 < tokens.Count ? tokens[begin + 2] : default;
        if (what.Value is null || !Showable.Contains(what.Value) || (what.IsWord("CREATE") && next.Value is not null && NotCreatable.Contains(next.Value)))
        {
            throw QueryRefusedException.Denied($"SHOW {what.Value} is not available here");
        }
    }

    private void CheckToken(List<SqlToken> tokens, int i)
    {
        SqlToken token = tokens[i];
        SqlToken next = i + 1 < tokens.Count ? tokens[i + 1] : default;
        bool isName = token.IsName;
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

        if (isName && token.Value == "system" && next.Kind == SqlTokenKind.Symbol && next.IsSymbol('.') && i + 2 < tokens.Count && !SystemTables.Contains(tokens[i + 2].Value))
        {
            throw QueryRefusedException.Denied($"The table system.{tokens[i + 2].Value} is not available here");
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
}
