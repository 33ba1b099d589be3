using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Door;

/// <summary>The door refuses a query before the engine sees it; code and text are in ClickHouse's form.</summary>
internal sealed class QueryRefusedException(int code, string name, string message)
    : Exception($"Code: {code}. DB::Exception: {message}. ({name})")
{
    public int Code { get; } = code;

    public static QueryRefusedException Syntax(string message) => new(ClickHouseErrors.SyntaxError, "SYNTAX_ERROR", $"Syntax error: {message}");

    public static QueryRefusedException ReadOnly(string message) => new(164, "READONLY", message);

    public static QueryRefusedException Denied(string message) => new(497, "ACCESS_DENIED", message);

    public static QueryRefusedException Setting(string name) =>
        new(452, "SETTING_CONSTRAINT_VIOLATION", $"Setting {name} should not be changed by readers here");
}
