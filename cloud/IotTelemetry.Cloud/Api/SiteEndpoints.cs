using IotTelemetry.Cloud.Assets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/sites</c>: sites, and the occupancy of one.</summary>
internal sealed class SiteEndpoints(LiveState live, TimeProvider time)
{
    public static void Map(RouteGroupBuilder api, LiveState live, TimeProvider time)
    {
        SiteEndpoints endpoints = new(live, time);
        RouteGroupBuilder sites = api.MapGroup("/sites").WithTags("Sites");
        sites.MapGet("", endpoints.List).WithSummary("All sites by name, page by page.").ProducesProblem(StatusCodes.Status400BadRequest);
        sites.MapGet("/{site}", endpoints.Get).WithSummary("One site.").ProducesProblem(StatusCodes.Status404NotFound);
        sites.MapGet("/{site}/occupancy", endpoints.GetOccupancy)
            .WithSummary("How many assets are free, occupied and unknown, by zone.")
            .WithDescription("Zones are the values of the tag 'zone', or of the one named by the parameter tag.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private Results<Ok<Page<SiteView>>, ProblemHttpResult> List([FromQuery] string? after, [FromQuery] int? limit)
    {
        if (Page.Refuse(limit) is { } refused)
        {
            return refused;
        }

        long now = Now();
        int size = limit ?? Page.DefaultLimit;
        List<SiteView> found = new(size + 1);
        foreach (KeyValuePair<string, LiveSite> site in live.Sites.After(after))
        {
            found.Add(SiteView.Of(site.Value, now));
            if (found.Count > size)
            {
                break;
            }
        }

        return TypedResults.Ok(Page.Of(found, size, view => view.Site));
    }

    private Results<Ok<SiteView>, ProblemHttpResult> Get(string site) =>
        live.Sites.Find(site) is { } found ? TypedResults.Ok(SiteView.Of(found, Now())) : NotFound(site);

    private Results<Ok<OccupancyView>, ProblemHttpResult> GetOccupancy(string site, [FromQuery] string? tag) =>
        live.Sites.Find(site) is { } found ? TypedResults.Ok(OccupancyView.Of(found, tag ?? Occupancy.ZoneTag, Now())) : NotFound(site);

    private static ProblemHttpResult NotFound(string site) => ApiProblem.NotFound($"There is no site '{site}'; GET /api/sites lists those there are.");

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
