using System.Text.Json;
using System.Text.Json.Serialization;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Changes;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Hosting;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Api;

/// <summary>
/// The HTTP API under <c>/api</c>, on the endpoint that also has the door, status and health. Rooms map their own endpoints on the group; here is what all of them share: JSON,
/// problem details (RFC 9457), the OpenAPI document at <c>/openapi/v1.json</c>.
/// </summary>
internal static class ApiHosting
{
    public static void AddServices(IServiceCollection services)
    {
        services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "IotTelemetry";
            document.Info.Description = "Assets live, their history by session, and switching them. Times are Unix milliseconds in UTC.";
            return Task.CompletedTask;
        }));
        services.AddProblemDetails();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        });
    }

    /// <summary>Maps the API; for one of several workers, the refusal of it. Call after the middleware that guards the whole endpoint.</summary>
    public static void Map(
        WebApplication app, WorkerShare share, LiveState live, ChangeFeed changes, CommandRoom commands, ApiLogin login, TimeProvider time, ILoggerFactory logs)
    {
        ILogger logger = logs.CreateLogger(typeof(ApiHosting));
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal),
            api =>
            {
                api.Use((context, next) => AnswerFailuresAsync(context, next, logger));
                api.UseStatusCodePages();
                api.Use(OriginGuard.RefuseOthersAsync);
                api.Use(login.RequireAsync);
            });
        if (share != WorkerShare.Whole)
        {
            string refusal = $"This is worker {share}: it stores a part of the fleet's readings. Assets, commands and sessions of the whole fleet are the business of a service that is alone (1/1).";
            app.Map("/api/{**path}", () => ApiProblem.Of(StatusCodes.Status501NotImplemented, refusal));
            return;
        }

        app.MapOpenApi();
        RouteGroupBuilder api = app.MapGroup("/api");
        SiteEndpoints.Map(api, live, time);
        AssetEndpoints.Map(api, live, commands.Recent, time);
        GatewayEndpoints.Map(api, live, time);
        PowerEndpoints.Map(api, live, time);
        EventEndpoints.Map(api, live, changes, time, app.Services);
        CommandEndpoints.Map(api, commands, time);
        BulkEndpoints.Map(api, commands, live, time);
        LockoutEndpoints.Map(api, commands);
    }

    private static async Task AnswerFailuresAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: there is nobody to answer.
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            await ApiProblem.Of(refused.StatusCode, refused.InnerException?.Message is { } cause ? $"{refused.Message} {cause}" : refused.Message).ExecuteAsync(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            CloudLog.ApiFailed(logger, context.Request.Method, context.Request.Path, failure);
            await ApiProblem.Of(StatusCodes.Status500InternalServerError, "The request failed in the service; its log has the cause.").ExecuteAsync(context);
        }
    }
}
