using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/gateways</c>: gateways with their health. A gateway's id is <c>site/gateway</c>, two segments of the path.</summary>
internal sealed class GatewayEndpoints(LiveState live, TimeProvider time)
{
    private static readonly string Presences = string.Join(", ", Enum.GetNames<GatewayPresence>()).ToLowerInvariant();

    public static void Map(RouteGroupBuilder api, LiveState live, TimeProvider time)
    {
        GatewayEndpoints endpoints = new(live, time);
        RouteGroupBuilder gateways = api.MapGroup("/gateways").WithTags("Gateways");
        gateways.MapGet("", endpoints.List)
            .WithSummary("Gateways with their health, in the order of their ids, page by page.")
            .WithDescription("presence is one of unknown, online, silent, offline, stopped; problems=true lists only those with a problem.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        gateways.MapGet("/{site}/{gateway}", endpoints.Get).WithSummary("One gateway with its health.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private Results<Ok<Page<GatewayView>>, ProblemHttpResult> List(
        [FromQuery] string? site, [FromQuery] string? presence, [FromQuery] bool? problems, [FromQuery] string? after, [FromQuery] int? limit)
    {
        GatewayPresence wanted = default;
        if (presence is not null && (!Enum.TryParse(presence, ignoreCase: true, out wanted) || !Enum.IsDefined(wanted) || int.TryParse(presence, out _)))
        {
            return ApiProblem.NotAllowed("presence", presence, $"allowed is one of {Presences}");
        }

        GatewayId? behind = null;
        if (after is not null && !GatewayId.TryParse(after, out behind, out string? fault))
        {
            return ApiProblem.NotAllowed("after", after, $"allowed is an id, as a page names it in next. {fault}");
        }

        if (Page.Refuse(limit) is { } refused)
        {
            return refused;
        }

        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        int size = limit ?? Page.DefaultLimit;
        List<GatewayView> found = new(size + 1);
        foreach (LiveGateway gateway in live.GatewaysAfter(behind, site))
        {
            if ((presence is null || gateway.Presence(now) == wanted) && (problems is not true || GatewayHealth.Problems(gateway, now).Count > 0))
            {
                found.Add(GatewayView.Of(gateway, now));
                if (found.Count > size)
                {
                    break;
                }
            }
        }

        return TypedResults.Ok(Page.Of(found, size, view => view.Id));
    }

    private Results<Ok<GatewayView>, ProblemHttpResult> Get(string site, string gateway) =>
        live.Sites.Find(site)?.Gateways.Find(gateway) is { } found
            ? TypedResults.Ok(GatewayView.Of(found, time.GetUtcNow().ToUnixTimeMilliseconds()))
            : ApiProblem.NotFound($"There is no gateway '{site}/{gateway}'; GET /api/gateways lists those there are.");
}
