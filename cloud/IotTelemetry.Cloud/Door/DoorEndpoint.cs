using System.Globalization;
using System.Text;
using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Hosting;
using Microsoft.Extensions.Primitives;

namespace IotTelemetry.Cloud.Door;

/// <summary>
/// ClickHouse's HTTP interface, as far as readers need it: <c>/ping</c>, and <c>/</c> with <c>query</c> in the address, the body or both (the body continues the query),
/// <c>default_format</c>, <c>param_*</c>, <c>query_id</c> and a few settings.
/// </summary>
internal sealed class DoorEndpoint(ReadOnlyQueries queries, ILogger<DoorEndpoint> logger)
{
    /// <summary>The longest query that is read.</summary>
    public const int MaximumQueryBytes = 4 << 20;

    // Known to ClickHouse's clients, and without meaning here: there is one user, no session, and the answer is never compressed.
    private static readonly string[] Ignored =
        ["user", "password", "session_id", "session_timeout", "session_check", "wait_end_of_query", "send_progress_in_http_headers", "enable_http_compression", "buffer_size", "quota_key", "role"];

    public static void Map(WebApplication app, ReadOnlyQueries queries, ILogger<DoorEndpoint> logger)
    {
        DoorEndpoint door = new(queries, logger);
        app.MapGet("/ping", () => "Ok.\n");
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Post], door.AnswerAsync);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string queryId = context.Request.Query["query_id"] is [{ Length: > 0 and <= 128 } given] && given.All(c => c is > ' ' and <= '~') ? given : Guid.NewGuid().ToString();
        try
        {
            string sql = await ReadSqlAsync(context.Request, context.RequestAborted);
            if (sql.Length == 0)
            {
                await context.Response.WriteAsync("Ok.\n", context.RequestAborted);
                return;
            }

            DoorQuery query = Prepare(context.Request.Query, sql);
            context.Response.ContentType = ContentTypes.Of(query.Format);
            context.Response.Headers["X-ClickHouse-Query-Id"] = queryId;
            context.Response.Headers["X-ClickHouse-Format"] = query.Format;
            context.Response.Headers["X-ClickHouse-Timezone"] = "UTC";
            await queries.RunAsync(query, context.Response.BodyWriter, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; leaving ended the query in the engine.
        }
        catch (Exception failure) when (HttpErrors.Of(failure) is { } error)
        {
            CloudLog.QueryRefused(logger, queryId, error.Code, error.Text);
            await AnswerErrorAsync(context, queryId, error.Code, error.Text);
        }
    }

    private DoorQuery Prepare(IQueryCollection query, string sql)
    {
        ClickHouseParameters parameters = new();
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        string format = "TabSeparated";
        foreach ((string name, StringValues values) in query)
        {
            string value = values.ToString();
            if (name.StartsWith("param_", StringComparison.Ordinal) && name.Length > 6)
            {
                parameters.AddText(name[6..], value);
            }
            else if (name == "default_format")
            {
                format = value.Length > 0 && value.All(char.IsAsciiLetterOrDigit) ? value : throw new QueryRefusedException(73, "UNKNOWN_FORMAT", $"Unknown format {value}");
            }
            else if (name == "database")
            {
                if (value is not ("default" or ""))
                {
                    throw QueryRefusedException.Setting("database, which cannot be chosen: name tables as database.table");
                }
            }
            else if (name is not ("query" or "query_id") && !Ignored.Contains(name))
            {
                settings.Add(name, value);
            }
        }

        return queries.Prepare(sql, format, parameters, settings);
    }

    private static async Task<string> ReadSqlAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(request.Body, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(cancellationToken);
        string query = request.Query["query"].ToString();
        return (query.Length > 0 && body.Length > 0 ? $"{query}\n{body}" : query + body).Trim().TrimEnd(';');
    }

    private static async Task AnswerErrorAsync(HttpContext context, string queryId, int code, string text)
    {
        if (context.Response.HasStarted)
        {
            // Too late for a status: the text ends the body, and the connection is cut before its end mark, so that no client takes the part for the whole.
            await context.Response.WriteAsync($"\n{text}\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = HttpErrors.StatusOf(code);
        context.Response.ContentType = "text/plain; charset=UTF-8";
        context.Response.Headers["X-ClickHouse-Query-Id"] = queryId;
        context.Response.Headers["X-ClickHouse-Exception-Code"] = code.ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
