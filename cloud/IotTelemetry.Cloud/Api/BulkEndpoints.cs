using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/bulks</c>: the same command for many assets, at a limited rate, with a button that stops it.</summary>
internal sealed class BulkEndpoints(CommandRoom room, LiveState live, TimeProvider time)
{
    private readonly AssetBrowser _browser = new(live);

    public static void Map(RouteGroupBuilder api, CommandRoom room, LiveState live, TimeProvider time)
    {
        BulkEndpoints endpoints = new(room, live, time);
        RouteGroupBuilder bulks = api.MapGroup("/bulks").WithTags("Commands");
        bulks.MapPost("", endpoints.RequestAsync)
            .WithSummary("Asks for a point of many assets to be set: those listed in the body, or those the query parameters choose.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        bulks.MapGet("/{id:guid}", endpoints.GetAsync).WithSummary("How far a bulk is.").ProducesProblem(StatusCodes.Status404NotFound);
        bulks.MapPost("/{id:guid}/stop", endpoints.StopAsync)
            .WithSummary("Stops a bulk: what is not begun never is, and what may still be taken back is.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private async Task<Results<Accepted<BulkView>, ProblemHttpResult>> RequestAsync([AsParameters] AssetQuery query, [AsParameters] CommandHeaders headers, BulkBody body)
    {
        if (headers.Refuse() is { } refused)
        {
            return refused;
        }

        if (Chosen(query, body, out ProblemHttpResult? problem) is not { } assets)
        {
            return problem!;
        }

        CommandOrder each = body.Each.ToOrder(default, headers) with { Fingerprint = headers.Fingerprint("bulk", (query, body)) };
        switch (await CommandAnswers.WhileRunningAsync(() => room.Bulks.RequestAsync(new BulkOrder(assets, each, body.PerSecond))))
        {
            case BulkOutcome.Taken taken:
                return TypedResults.Accepted($"/api/bulks/{taken.Id}", await ViewAsync(taken.Id, CancellationToken.None));
            case BulkOutcome.Invalid invalid:
                return CommandAnswers.Invalid(invalid.Code, invalid.Detail);
            case BulkOutcome.KeyReused:
                return CommandAnswers.KeyReused();
            case BulkOutcome.NotRecorded:
                return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "The store did not take the bulk in time. Nothing of it is begun.");
            default:
                return CommandAnswers.Stopping();
        }
    }

    private async Task<Results<Ok<BulkView>, ProblemHttpResult>> GetAsync(Guid id, CancellationToken gone) =>
        await ViewAsync(id, gone) is { } view ? TypedResults.Ok(view) : ApiProblem.NotFound($"There is no bulk {id}.");

    private async Task<Results<Ok<BulkView>, ProblemHttpResult>> StopAsync(Guid id, [AsParameters] CommandHeaders headers, CancelBody body, CancellationToken gone)
    {
        if ((headers.Refuse() ?? CommandAnswers.TextFault(body.Reason)) is { } refused)
        {
            return refused;
        }

        await room.Bulks.StopAsync(id, headers.Author!, body.Reason);
        return await GetAsync(id, gone);
    }

    private List<AssetId>? Chosen(AssetQuery query, BulkBody body, out ProblemHttpResult? problem)
    {
        problem = null;
        List<AssetId> assets = [];
        if (body.Assets is { } listed)
        {
            foreach (string text in listed)
            {
                if (!AssetId.TryParse(text, out AssetId asset, out string? fault))
                {
                    problem = ApiProblem.NotAllowed("assets", text, $"allowed is site/asset. {fault}");
                    return null;
                }

                assets.Add(asset);
            }

            return assets;
        }

        if ((query.Site ?? query.Gateway ?? query.Kind ?? query.State ?? query.Text) is null && query.Tag is not { Length: > 0 })
        {
            problem = ApiProblem.Of(StatusCodes.Status400BadRequest, "No assets are named: list them in the body, or choose them with query parameters. A bulk for all there are is not allowed.");
            return null;
        }

        if (query.ToFilter(out problem) is not { } filter)
        {
            return null;
        }

        List<LiveAsset> found = [];
        _browser.Read(filter, null, CommandOptions.MaximumBulk + 1, time.GetUtcNow().ToUnixTimeMilliseconds(), found);
        return found.ConvertAll(asset => asset.Id);
    }

    private async Task<BulkView?> ViewAsync(Guid id, CancellationToken gone)
    {
        IReadOnlyDictionary<CommandStage, long> states = await room.Archive.CountAsync(id, gone);
        return states.Count == 0 ? null : new BulkView(
            id, states.Values.Sum(), states.ToDictionary(state => StageName.Of(state.Key), state => state.Value), states.Keys.All(stage => stage.IsFinal()));
    }
}
