using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/assets</c>: assets with their live points. An asset's id is <c>site/asset</c>, two segments of the path.</summary>
internal sealed class AssetEndpoints(LiveState live, RecentCommands recent, TimeProvider time)
{
    private const int LastCommands = 10;
    private readonly AssetBrowser _browser = new(live);

    public static void Map(RouteGroupBuilder api, LiveState live, RecentCommands recent, TimeProvider time)
    {
        AssetEndpoints endpoints = new(live, recent, time);
        RouteGroupBuilder assets = api.MapGroup("/assets").WithTags("Assets");
        assets.MapGet("", endpoints.List)
            .WithSummary("Assets with their live points, in the order of their ids, page by page.")
            .WithDescription("The next page begins behind the id that a page names as next; limit is 1 to 1000, without it 100.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        assets.MapGet("/{site}/{asset}", endpoints.GetAsync).WithSummary("One asset with its live points and last commands.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private Results<Ok<Page<AssetView>>, ProblemHttpResult> List([AsParameters] AssetQuery query, [FromQuery] string? after, [FromQuery] int? limit)
    {
        if (query.ToFilter(out ProblemHttpResult? problem) is not { } filter)
        {
            return problem!;
        }

        AssetId? behind = null;
        if (after is not null)
        {
            if (!AssetId.TryParse(after, out AssetId id, out string? fault))
            {
                return ApiProblem.NotAllowed("after", after, $"allowed is an id, as a page names it in next. {fault}");
            }

            behind = id;
        }

        if (Page.Refuse(limit) is { } refused)
        {
            return refused;
        }

        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        int size = limit ?? Page.DefaultLimit;
        List<LiveAsset> found = new(size);
        bool hasMore = _browser.Read(filter, behind, size, now, found);
        List<AssetView> views = found.ConvertAll(asset => AssetView.Of(asset, live.Holds.Of(asset.Id), now));
        return TypedResults.Ok(new Page<AssetView>(views, hasMore ? views[^1].Id : null));
    }

    private async Task<Results<Ok<AssetView>, ProblemHttpResult>> GetAsync(string site, string asset, CancellationToken gone)
    {
        AssetId id = new(site, asset);
        if (live.Find(id) is null)
        {
            return ApiProblem.NotFound($"There is no asset '{id}'; GET /api/assets lists those there are.");
        }

        (IReadOnlyList<TrackedCommand> last, bool isComplete) = await recent.OfAsync(id, LastCommands, gone);
        return live.Find(id) is { } found
            ? TypedResults.Ok(AssetView.Of(found, live.Holds.Of(id), time.GetUtcNow().ToUnixTimeMilliseconds()) with
            {
                Commands = [.. last.Select(CommandView.Of)],
                CommandsIncomplete = isComplete ? null : true,
            })
            : ApiProblem.NotFound($"Asset '{id}' is gone.");
    }
}
