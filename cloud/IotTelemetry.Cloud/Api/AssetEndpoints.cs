using IotTelemetry.Cloud.Assets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/assets</c>: assets with their live points. An asset's id is <c>site/asset</c>, two segments of the path.</summary>
internal sealed class AssetEndpoints(LiveState live, TimeProvider time)
{
    public static void Map(RouteGroupBuilder api, LiveState live, TimeProvider time)
    {
        AssetEndpoints endpoints = new(live, time);
        RouteGroupBuilder assets = api.MapGroup("/assets").WithTags("Assets");
        assets.MapGet("/{site}/{asset}", endpoints.Get).WithSummary("One asset with its live points.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private Results<Ok<AssetView>, ProblemHttpResult> Get(string site, string asset)
    {
        AssetId id = new(site, asset);
        return live.Find(id) is { } found
            ? TypedResults.Ok(AssetView.Of(found, live.Holds.Of(id), time.GetUtcNow().ToUnixTimeMilliseconds()))
            : ApiProblem.NotFound($"There is no asset '{id}'; GET /api/assets lists those there are.");
    }
}
