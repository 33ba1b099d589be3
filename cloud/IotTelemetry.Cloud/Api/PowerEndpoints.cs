using IotTelemetry.Cloud.Assets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/power</c>: the power of groups of assets.</summary>
internal sealed class PowerEndpoints(LiveState live, TimeProvider time)
{
    public static void Map(RouteGroupBuilder api, LiveState live, TimeProvider time)
    {
        PowerEndpoints endpoints = new(live, time);
        api.MapGet("/power", endpoints.List)
            .WithTags("Power")
            .WithSummary("Power by site, gateway, kind or any tag; a stale meter counts with its worst case.")
            .WithDescription(
                "by is site, gateway, kind or tag:NAME (site without it). Meters are the assets with a point in W, kW or MW that cannot be set, or with the point named. "
                + "A feeder and its loads are meters both: choose one kind, or what flows is counted twice.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private Results<Ok<IReadOnlyList<PowerView>>, ProblemHttpResult> List([AsParameters] AssetQuery query, [FromQuery] string? by, [FromQuery] string? point)
    {
        if (query.ToFilter(out ProblemHttpResult? problem) is not { } filter)
        {
            return problem!;
        }

        Func<LiveAsset, string>? groupOf = by switch
        {
            null or "site" => asset => asset.Gateway.Id.Site,
            "gateway" => asset => asset.Gateway.Id.ToString(),
            "kind" => asset => asset.Kind,
            ['t', 'a', 'g', ':', _, ..] => asset => asset.Tags[by[4..]] ?? "",
            _ => null,
        };
        if (groupOf is null)
        {
            return ApiProblem.NotAllowed("by", by, "allowed is site, gateway, kind or tag:NAME");
        }

        SortedDictionary<string, PowerSum> groups = PowerGroups.Of(live, filter, groupOf, point, time.GetUtcNow().ToUnixTimeMilliseconds());
        return TypedResults.Ok<IReadOnlyList<PowerView>>([.. groups.Select(group => PowerView.Of(group.Key, group.Value))]);
    }
}
