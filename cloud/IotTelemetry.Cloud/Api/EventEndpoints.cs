using System.Globalization;
using System.Text.Json;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Changes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace IotTelemetry.Cloud.Api;

/// <summary>
/// <c>/api/events</c>: changes as server-sent events (WHATWG HTML, section 9.2). Events are <c>asset</c>, <c>gateway</c>, <c>reset</c> (read the lists anew, then go on), and <c>through</c>, which ends
/// what is told at once and has the id. A slow reader
/// gets the newest of each asset. A reader that comes back with <c>Last-Event-ID</c> gets what changed since, or a reset when that is forgotten.
/// </summary>
internal sealed class EventEndpoints(LiveState live, ChangeFeed feed, TimeProvider time, IOptions<JsonOptions> json, CancellationToken stopping)
{
    // Without it, neither side learns that the other is gone while nothing changes.
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder api, LiveState live, ChangeFeed feed, TimeProvider time, IServiceProvider services)
    {
        CancellationToken stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        EventEndpoints endpoints = new(live, feed, time, services.GetRequiredService<IOptions<JsonOptions>>(), stopping);
        api.MapGet("/events", endpoints.StreamAsync)
            .WithTags("Events")
            .WithSummary("Changes of assets and gateways as server-sent events.")
            .WithDescription(
                "Events: asset (an asset, as GET /api/assets/{site}/{asset} shows it), gateway (a gateway; only without kind, tag, text and asset), reset (too much happened, or too long ago: "
                + "read the lists anew), through (everything up to its id was told). asset=SITE/ASSET chooses one asset. Resume with the header Last-Event-ID. A slow reader gets the newest value of each asset.")
            .Produces<string>(contentType: "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private async Task StreamAsync(HttpContext context, [AsParameters] AssetQuery query, [FromQuery] string? asset, [FromHeader(Name = "Last-Event-ID")] string? lastEventId)
    {
        if (ToFilter(query, asset, out IResult? problem) is not { } filter)
        {
            await problem!.ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        using ChangeSubscription subscription = feed.Subscribe(filter, After(lastEventId));
        try
        {
            await FollowAsync(context.Response, subscription, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader went away, or the service stops: the reader comes back with the last id it has.
        }
    }

    private async Task FollowAsync(HttpResponse response, ChangeSubscription subscription, CancellationToken cancellationToken)
    {
        await WriteAsync(response, ": changes follow\n\n", cancellationToken);
        Task<ChangeBatch> next = subscription.ReadAsync(cancellationToken).AsTask();
        while (true)
        {
            using CancellationTokenSource quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (await Task.WhenAny(next, Task.Delay(HeartbeatInterval, time, quiet.Token)) == next)
            {
                await quiet.CancelAsync();
                await WriteAsync(response, await next, cancellationToken);
                next = subscription.ReadAsync(cancellationToken).AsTask();
            }
            else
            {
                await WriteAsync(response, ": still here\n\n", cancellationToken);
            }
        }
    }

    private static ChangeFilter? ToFilter(AssetQuery query, string? asset, out IResult? problem)
    {
        problem = null;
        if (query.State is not null)
        {
            problem = ApiProblem.NotAllowed("state", query.State, "changes cannot be chosen by state, since an asset that leaves it changes too");
            return null;
        }

        AssetId? one = null;
        if (asset is not null)
        {
            if (!AssetId.TryParse(asset, out AssetId id, out string? fault))
            {
                problem = ApiProblem.NotAllowed("asset", asset, $"allowed is SITE/ASSET. {fault}");
                return null;
            }

            one = id;
        }

        AssetFilter? filter = query.ToFilter(out var refused);
        problem = refused;
        return filter is null ? null : new ChangeFilter(filter, one);
    }

    // An id of another run of the service, or no id of ours at all, is one that is forgotten.
    private long? After(string? lastEventId)
    {
        if (string.IsNullOrEmpty(lastEventId))
        {
            return null;
        }

        string prefix = $"{feed.Run}-";
        return lastEventId.StartsWith(prefix, StringComparison.Ordinal) && long.TryParse(lastEventId.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : long.MaxValue;
    }

    // The id comes last, with an event of its own: a reader that breaks off in the middle comes back with the one before and gets the whole batch again.
    private async Task WriteAsync(HttpResponse response, ChangeBatch batch, CancellationToken cancellationToken)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (batch.IsReset)
        {
            await response.WriteAsync("event: reset\ndata: {}\n\n", cancellationToken);
        }

        foreach (LiveGateway gateway in batch.Gateways)
        {
            await response.WriteAsync($"event: gateway\ndata: {Json(GatewayView.Of(gateway, now))}\n\n", cancellationToken);
        }

        foreach (AssetId id in batch.Assets)
        {
            if (live.Find(id) is { } asset)
            {
                await response.WriteAsync($"event: asset\ndata: {Json(AssetView.Of(asset, live.Holds.Of(id), now))}\n\n", cancellationToken);
            }
        }

        await WriteAsync(response, string.Create(CultureInfo.InvariantCulture, $"event: through\nid: {feed.Run}-{batch.Through}\ndata: {{}}\n\n"), cancellationToken);
    }

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync(text, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    private string Json<T>(T view) => JsonSerializer.Serialize(view, json.Value.SerializerOptions);
}
