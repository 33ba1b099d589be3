using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.Statements;

namespace IotTelemetry.Cloud.Door.Answers;

/// <summary>Turns a failed query into what ClickHouse's HTTP interface answers (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp).</summary>
internal static class HttpErrors
{
    // Code of an error that did not come from ClickHouse: ClickHouse's own STD_EXCEPTION.
    private const int StandardException = 1001;

    /// <summary>ClickHouse's code and its text, <c>Code: 60. DB::Exception: … (UNKNOWN_TABLE)</c>; null for an error that is not the query's.</summary>
    public static (int Code, string Text)? Of(Exception failure) => failure switch
    {
        QueryRefusedException refused => (refused.Code, refused.Message),
        ClickHouseException { Code: 0 } error => (StandardException, $"Code: {StandardException}. DB::Exception: {error.Message}. (STD_EXCEPTION)"),
        ClickHouseException error => (error.Code, Trimmed(error.Message)),
        ArgumentException error => (36, $"Code: 36. DB::Exception: {error.Message}. (BAD_ARGUMENTS)"),
        _ => null,
    };

    public static int StatusOf(int code) => code switch
    {
        194 => StatusCodes.Status401Unauthorized,
        192 or 193 or 497 or 512 or 516 => StatusCodes.Status403Forbidden,
        ClickHouseErrors.SyntaxError or 6 or 8 or 15 or 25 or 26 or 27 or 36 or 37 or 38 or 41 or 44 or 53 or 72 or 117 or 123 or 167 or 168 or 223 or 321 or 376 or 427
            or 441 or 675 or 676 => StatusCodes.Status400BadRequest,
        46 or 47 or 50 or 56 or ClickHouseErrors.UnknownTable or 63 or 73 or 78 or ClickHouseErrors.UnknownDatabase or 115 or 152 or 336 or 511 => StatusCodes.Status404NotFound,
        ClickHouseErrors.TimeoutExceeded => StatusCodes.Status408RequestTimeout,
        381 => StatusCodes.Status411LengthRequired,
        229 => StatusCodes.Status413PayloadTooLarge,
        779 => StatusCodes.Status415UnsupportedMediaType,
        48 => StatusCodes.Status501NotImplemented,
        76 or ClickHouseErrors.SocketTimeout or 439 => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static string Trimmed(string message) => message.IndexOf("Code: ", StringComparison.Ordinal) is > 0 and int at ? message[at..] : message;
}
