using System.Globalization;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.External;
using IotTelemetry.Cloud.Door.Statements;
using IotTelemetry.Cloud.Door.Users;
using Microsoft.Extensions.Primitives;

namespace IotTelemetry.Cloud.Door;

/// <summary>What a request says beside its statement: in the address, and in headers.</summary>
internal sealed record DoorRequest
{
    private const int LongestId = 128;
    private const int LongestSessionSeconds = 3600;

    /// <summary>Names the statement; made up when the client does not.</summary>
    public required string QueryId { get; init; }

    /// <summary>Begin of the statement, or all of it; may be empty.</summary>
    public required string Query { get; init; }

    /// <summary>Database of names without one; null: <c>default</c>.</summary>
    public string? Database { get; init; }

    /// <summary>Format of an answer, or of inserted rows, that the statement does not name.</summary>
    public string? DefaultFormat { get; init; }

    /// <summary>Session, or null.</summary>
    public string? SessionId { get; init; }

    /// <summary>How long the session lives unused.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The session must be there already.</summary>
    public bool SessionCheck { get; init; }

    /// <summary>The answer begins when the statement has ended, so that the status tells how.</summary>
    public bool WaitForEnd { get; init; }

    /// <summary>Headers tell the progress.</summary>
    public bool SendProgress { get; init; }

    /// <summary>Time between two such headers.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The answer may be compressed, as Accept-Encoding allows.</summary>
    public bool Compress { get; init; }

    /// <summary>Values of placeholders.</summary>
    public required ClickHouseParameters Parameters { get; init; }

    /// <summary>Settings that the user may change, checked.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The id of a request's statement.</summary>
    public static string IdOf(HttpRequest request) =>
        request.Query["query_id"] is [{ Length: > 0 and <= LongestId } given] && given.All(c => c is > ' ' and <= '~') ? given : Guid.NewGuid().ToString();

    /// <summary>Reads and checks a request.</summary>
    /// <exception cref="QueryRefusedException">Something in it is not allowed.</exception>
    public static DoorRequest Read(HttpRequest request, string queryId, DoorUser user) => Read(request, request.Query, queryId, user);

    /// <summary>As <see cref="Read(HttpRequest, string, DoorUser)"/>, with the fields of a form in place of the address alone.</summary>
    public static DoorRequest Read(HttpRequest request, IQueryCollection query, string queryId, DoorUser user)
    {
        bool hasTables = ExternalForm.IsIn(request);
        ClickHouseParameters parameters = new();
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach ((string name, StringValues values) in query)
        {
            string value = values.ToString();
            if (name.StartsWith("param_", StringComparison.Ordinal) && name.Length > 6)
            {
                parameters.AddText(name[6..], value);
            }
            else if (!IsOwn(name) && !(hasTables && IsOfTable(name)) && SettingsPolicy.Check(name, value, user))
            {
                settings[name] = value;
            }
        }

        if (Flag(query, "compress") || Flag(query, "decompress"))
        {
            throw QueryRefusedException.BadArgument("compress=1 and decompress=1, the framing of the native protocol, are not spoken here; ask with Accept-Encoding, send with Content-Encoding: gzip, deflate or br");
        }

        return new DoorRequest
        {
            QueryId = queryId,
            Query = Text(query, "query") ?? "",
            Database = DatabaseOf(Text(query, "database") ?? Text(request.Headers, "X-ClickHouse-Database")),
            DefaultFormat = FormatOf(Text(query, "default_format") ?? Text(request.Headers, "X-ClickHouse-Format")),
            SessionId = SessionIdOf(query),
            SessionTimeout = TimeSpan.FromSeconds(Number(query, "session_timeout", 1, LongestSessionSeconds, 60, QueryRefusedException.SessionTimeout)),
            SessionCheck = Flag(query, "session_check"),
            WaitForEnd = Flag(query, "wait_end_of_query") || Flag(query, "http_wait_end_of_query"),
            SendProgress = Flag(query, "send_progress_in_http_headers"),
            ProgressInterval = TimeSpan.FromMilliseconds(Number(query, "http_headers_progress_interval_ms", 10, 60_000, 100, QueryRefusedException.BadArgument)),
            Compress = Flag(query, "enable_http_compression"),
            Parameters = parameters,
            Settings = settings,
        };
    }

    private static bool IsOwn(string name) => name is "query" or "query_id" or "database" or "default_format" or "session_id" or "session_timeout" or "session_check" or "user" or "password"
        or "quota_key" or "role" or "wait_end_of_query" or "http_wait_end_of_query" or "send_progress_in_http_headers" or "http_headers_progress_interval_ms"
        or "enable_http_compression" or "buffer_size" or "http_response_buffer_size" or "compress" or "decompress" or "client_protocol_version" or "stacktrace" or "close_session";

    private static bool IsOfTable(string name) =>
        name.EndsWith("_structure", StringComparison.Ordinal) || name.EndsWith("_types", StringComparison.Ordinal) || name.EndsWith("_format", StringComparison.Ordinal);

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } value] ? value : null;

    private static string? Text(IHeaderDictionary headers, string name) => headers[name] is [{ Length: > 0 } value] ? value : null;

    private static bool Flag(IQueryCollection query, string name) => Text(query, name) is "1" or "true";

    private static int Number(IQueryCollection query, string name, int minimum, int maximum, int otherwise, Func<string, QueryRefusedException> refusal)
    {
        string? text = Text(query, name);
        return text is null ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum ? number
            : throw refusal($"Invalid {name}: '{text}'; allowed is {minimum} to {maximum}");
    }

    private static string? DatabaseOf(string? name) => name is null or "default" ? null
        : name is "system" ? throw QueryRefusedException.Denied("The database system cannot be the default one: name its tables as system.table")
        : name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name
        : throw new QueryRefusedException(81, "UNKNOWN_DATABASE", $"Database {name} does not exist");

    private static string? FormatOf(string? name) => name is null || name.All(char.IsAsciiLetterOrDigit) ? name
        : throw new QueryRefusedException(73, "UNKNOWN_FORMAT", $"Unknown format {name}");

    private static string? SessionIdOf(IQueryCollection query)
    {
        string? id = Text(query, "session_id");
        return id is null or { Length: <= LongestId } ? id : throw QueryRefusedException.BadArgument($"A session_id has at most {LongestId} characters");
    }
}
