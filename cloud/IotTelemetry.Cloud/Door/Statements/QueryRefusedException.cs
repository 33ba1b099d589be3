using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Door.Statements;

/// <summary>The door refuses a query before the engine sees it; code and text are in ClickHouse's form.</summary>
internal sealed class QueryRefusedException(int code, string name, string message)
    : Exception($"Code: {code}. DB::Exception: {message}. ({name})")
{
    public int Code { get; } = code;

    public static QueryRefusedException Syntax(string message) => new(ClickHouseErrors.SyntaxError, "SYNTAX_ERROR", $"Syntax error: {message}");

    public static QueryRefusedException ReadOnly(string message) => new(164, "READONLY", message);

    public static QueryRefusedException Denied(string message) => new(497, "ACCESS_DENIED", message);

    public static QueryRefusedException Setting(string name, string why = "should not be changed by readers here") =>
        new(452, "SETTING_CONSTRAINT_VIOLATION", $"Setting {name} {why}");

    public static QueryRefusedException Authentication(string message) => new(516, "AUTHENTICATION_FAILED", message);

    public static QueryRefusedException PasswordRequired() => new(194, "REQUIRED_PASSWORD", "Name a user and a password: this door is not open without them");

    public static QueryRefusedException TooMany(string message) => new(ClickHouseErrors.TooManySimultaneousQueries, "TOO_MANY_SIMULTANEOUS_QUERIES", message);

    public static QueryRefusedException BadArgument(string message) => new(36, "BAD_ARGUMENTS", message);

    public static QueryRefusedException SessionIsLocked(string id) => new(373, "SESSION_IS_LOCKED", $"Session {id} is locked by a concurrent client");

    public static QueryRefusedException SessionNotFound(string id) => new(372, "SESSION_NOT_FOUND", $"Session {id} not found");

    public static QueryRefusedException SessionTimeout(string message) => new(374, "INVALID_SESSION_TIMEOUT", message);

    public static QueryRefusedException SameId(string id) => new(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", $"Query with id = {id} is already running");
}
