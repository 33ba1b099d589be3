using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Door.Running;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Statements;

/// <summary><c>KILL QUERY WHERE query_id = 'id' [SYNC | ASYNC]</c>, for a user's own statements: in the engine all would be of one user.</summary>
internal static class KillStatement
{
    /// <summary>A query with the answer that ClickHouse gives.</summary>
    public const string Answer = "SELECT 'waiting' AS kill_status, {id:String} AS query_id, {user:String} AS user WHERE {found:UInt8}";

    /// <summary>Ends the statement.</summary>
    /// <returns>Parameters of <see cref="Answer"/>.</returns>
    /// <exception cref="QueryRefusedException">The statement is not of this form.</exception>
    public static async Task<ClickHouseParameters> RunAsync(List<SqlToken> tokens, DoorUser user, RunningStatements running)
    {
        bool isKnown = tokens.Count is 6 or 7 && tokens[1].IsWord("QUERY") && tokens[2].IsWord("WHERE") && tokens[3].IsWord("query_id") && tokens[4].IsSymbol('=')
            && tokens[5].Kind == SqlTokenKind.Text && (tokens.Count == 6 || tokens[6].IsWord("SYNC") || tokens[6].IsWord("ASYNC"));
        if (!isKnown)
        {
            throw QueryRefusedException.ReadOnly("Cannot execute query in readonly mode: a user may KILL QUERY WHERE query_id = '…', of his own");
        }

        string id = tokens[5].Value;
        return new ClickHouseParameters().Add("id", id).Add("user", user.Name).Add("found", await running.KillAsync(id, user) ? 1L : 0L);
    }
}
