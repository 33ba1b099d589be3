using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Door;

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
        497 => StatusCodes.Status403Forbidden, // ACCESS_DENIED
        ClickHouseErrors.SyntaxError or 6 or 26 or 27 or 36 or 38 or 41 or 43 or 53 or 69 or 72 or 117 or 131 or 321 or 386 or 420 or 427 or 452 or 456 or 457 =>
            StatusCodes.Status400BadRequest,
        46 or 47 or 50 or 56 or ClickHouseErrors.UnknownTable or 73 or ClickHouseErrors.UnknownDatabase or 115 => StatusCodes.Status404NotFound,
        ClickHouseErrors.TimeoutExceeded => StatusCodes.Status408RequestTimeout,
        48 => StatusCodes.Status501NotImplemented,
        ClickHouseErrors.SocketTimeout => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static string Trimmed(string message) => message.IndexOf("Code: ", StringComparison.Ordinal) is > 0 and int at ? message[at..] : message;
}
