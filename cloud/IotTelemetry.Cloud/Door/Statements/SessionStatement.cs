using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Door.Sessions;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Statements;

/// <summary>What changes a session and nothing else: SET, USE, and temporary tables in memory.</summary>
internal static class SessionStatement
{
    /// <summary>Whether it is one of them.</summary>
    public static bool Is(List<SqlToken> tokens) => tokens[0].IsWord("SET") || tokens[0].IsWord("USE") || IsOfTemporaryTable(tokens);

    /// <summary>Runs it; SET and USE are remembered here and go with the statements that follow.</summary>
    /// <exception cref="QueryRefusedException">The user may not.</exception>
    public static async Task<StatementSummary> RunAsync(
        List<SqlToken> tokens, string sql, DoorSession session, DoorUser user, QueryGuard guard, StatementOptions options, CancellationToken cancellationToken)
    {
        if (tokens[0].IsWord("SET"))
        {
            Set(tokens, session, user);
            return default;
        }

        if (tokens[0].IsWord("USE"))
        {
            await UseAsync(tokens, session, options, cancellationToken);
            return default;
        }

        for (int i = 0; i + 1 < tokens.Count; i++)
        {
            int engine = tokens[i + 1].IsSymbol('=') ? i + 2 : i + 1;
            if (tokens[i].IsWord("ENGINE") && engine < tokens.Count && !tokens[engine].IsWord("Memory"))
            {
                throw QueryRefusedException.Denied("Temporary tables have ENGINE = Memory here");
            }
        }

        guard.CheckInside(tokens, user);
        return await session.Connection.ExecuteAsync(sql, options, cancellationToken);
    }

    private static bool IsOfTemporaryTable(List<SqlToken> tokens)
    {
        int at = tokens is [_, { } or, { } replace, ..] && or.IsWord("OR") && replace.IsWord("REPLACE") ? 3 : 1;
        return (tokens[0].IsWord("CREATE") || tokens[0].IsWord("DROP") || tokens[0].IsWord("TRUNCATE"))
            && at + 1 < tokens.Count && tokens[at].IsWord("TEMPORARY") && tokens[at + 1].IsWord("TABLE");
    }

    private static void Set(List<SqlToken> tokens, DoorSession session, DoorUser user)
    {
        Dictionary<string, string> changed = new(StringComparer.Ordinal);
        for (int at = 1; ;)
        {
            (string name, string value, int next) = SettingsPolicy.Read(tokens, at);
            if (SettingsPolicy.Check(name, value, user))
            {
                changed[name] = value;
            }

            if (next == tokens.Count)
            {
                break;
            }

            at = tokens[next].IsSymbol(',') ? next + 1 : throw QueryRefusedException.Syntax("settings are separated by commas");
        }

        foreach ((string name, string value) in changed)
        {
            session.Settings[name] = value;
        }
    }

    private static async Task UseAsync(List<SqlToken> tokens, DoorSession session, StatementOptions options, CancellationToken cancellationToken)
    {
        string name = tokens is [_, { IsName: true } database] ? database.Value : throw QueryRefusedException.Syntax("USE names one database");
        if (name == "system")
        {
            throw QueryRefusedException.Denied("The database system cannot be the default one: name its tables as system.table");
        }

        // The engine says whether it is there.
        await session.Connection.ExecuteAsync("SELECT 1", options with { Database = name, Parameters = null }, cancellationToken);
        session.Database = name;
    }
}
