using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Door.Answers;
using IotTelemetry.Cloud.Door.External;
using IotTelemetry.Cloud.Door.Running;
using IotTelemetry.Cloud.Door.Sessions;
using IotTelemetry.Cloud.Door.Users;
using IotTelemetry.Cloud.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace IotTelemetry.Cloud.Door;

/// <summary>
/// ClickHouse's HTTP interface (docs/en/interfaces/http.md): <c>/ping</c>, <c>/replicas_status</c>, and <c>/</c> with a statement in the address, the body or both (the
/// body continues the address). Thread-safe.
/// </summary>
internal sealed class DoorEndpoint(DoorUsers users, RunningStatements running, DoorSessions sessions, DoorRunner runner, ContentTypes types, ILogger<DoorEndpoint> logger)
{
    // Heads of parts, beside what is in them.
    private const int LongestFraming = 64 << 10;
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post, HttpMethods.Head];

    /// <summary>Whether it is a path of the door.</summary>
    public static bool IsPath(PathString path) => path == "/" || path == "/ping" || path == "/replicas_status";

    /// <summary>Adds the paths.</summary>
    public void Map(WebApplication app)
    {
        app.MapMethods("/ping", Methods, () => "Ok.\n");
        app.MapMethods("/replicas_status", Methods, () => "Ok.\n");
        app.MapMethods("/", Methods, AnswerAsync);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string queryId = DoorRequest.IdOf(context.Request);
        DoorRequest request = new() { QueryId = queryId, Query = "", Parameters = new ClickHouseParameters(), Settings = StatementOptions.None.Settings };
        DoorAnswer? answer = null;
        try
        {
            DoorUser user = await users.AuthenticateAsync(Credentials.Of(context.Request), context.Request.IsHttps, Peer(context), context.RequestAborted);
            request = DoorRequest.Read(context.Request, queryId, user);
            Unlimit(context, user);
            answer = new DoorAnswer(context, types, request);
            await RunAsync(context, request, user, answer);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; leaving ended the statement in the engine.
        }
        catch (Exception failure) when (HttpErrors.Of(failure) is { } error)
        {
            CloudLog.QueryRefused(logger, queryId, error.Code, error.Text);
            answer ??= new DoorAnswer(context, types, request);
            await answer.FailAsync(error.Code, error.Text);
        }
        finally
        {
            if (answer is not null)
            {
                await answer.DisposeAsync();
            }
        }
    }

    private async Task RunAsync(HttpContext context, DoorRequest request, DoorUser user, DoorAnswer answer)
    {
        using RunningStatement statement = await running.EnterAsync(request.QueryId, user, context.RequestAborted);
        try
        {
            await using DoorBody body = DoorBody.Open(context.Request);
            IReadOnlyList<ExternalTable> tables = [];
            if (ExternalForm.IsIn(context.Request))
            {
                ExternalForm form = await ExternalForm.ReadAsync(context.Request, statement.Ended);
                request = DoorRequest.Read(context.Request, form.Fields, request.QueryId, user);
                tables = form.Tables;
            }

            string text = ExternalForm.IsIn(context.Request) ? request.Query : await body.ReadAsync(request.Query, statement.Ended);
            if (string.IsNullOrWhiteSpace(text))
            {
                await context.Response.WriteAsync("Ok.\n", statement.Ended);
                return;
            }

            await answer.FinishAsync(await RunAsync(context, request, user, statement, text, body, tables, answer));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested && statement.WhyEnded is { } why)
        {
            throw why;
        }
    }

    private async Task<StatementSummary> RunAsync(
        HttpContext context, DoorRequest request, DoorUser user, RunningStatement statement, string text, DoorBody body, IReadOnlyList<ExternalTable> tables, DoorAnswer answer)
    {
        bool isGet = !HttpMethods.IsPost(context.Request.Method);
        if (request.SessionId is null)
        {
            return await runner.RunAsync(statement, request, text, body, tables, isGet, null, answer);
        }

        DoorSession session = await sessions.TakeAsync(user, request, statement.Ended);
        try
        {
            return await runner.RunAsync(statement, request, text, body, tables, isGet, session, answer);
        }
        finally
        {
            sessions.Release(user, request);
        }
    }

    // The statement's own limits bound it: a stream of rows may be long, and pause.
    private static void Unlimit(HttpContext context, DoorUser user)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = user.Role == DoorRole.Ingest ? null : ExternalForm.IsIn(context.Request) ? ExternalForm.LongestBody + LongestFraming : size.MaxRequestBodySize;
        }

        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
        {
            requestRate.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }
    }

    private static string Peer(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";
}
