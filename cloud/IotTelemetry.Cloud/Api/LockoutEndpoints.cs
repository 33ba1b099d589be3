using System.Globalization;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using IotTelemetry.Cloud.Lockouts;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/lockouts</c> and <c>/api/assets/…/lockout</c>: who keeps what from being switched. Each person has a lockout of their own.</summary>
internal sealed class LockoutEndpoints(CommandRoom room)
{
    public static void Map(RouteGroupBuilder api, CommandRoom room)
    {
        LockoutEndpoints endpoints = new(room);
        api.MapGet("/lockouts", endpoints.List).WithTags("Lockouts").WithSummary("All lockouts in force.");
        RouteGroupBuilder lockout = api.MapGroup("/assets/{site}/{asset}/lockout").WithTags("Lockouts");
        lockout.MapGet("", endpoints.Get).WithSummary("The lockouts of an asset; one person's with holder.").ProducesProblem(StatusCodes.Status404NotFound);
        lockout.MapPut("", endpoints.SetAsync)
            .WithSummary("Sets the author's lockout of an asset, or changes its reason and end. If-None-Match: * only sets, If-Match only changes.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
        lockout.MapDelete("", endpoints.LiftAsync)
            .WithSummary("Lifts a lockout: the author's own, or as a supervisor the one of holder.")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private Ok<Page<LockoutView>> List() => TypedResults.Ok(new Page<LockoutView>([.. room.Lockouts.All.Select(View)], null));

    private Results<Ok<Page<LockoutView>>, ProblemHttpResult> Get(string site, string asset, [FromQuery] string? holder, HttpResponse response)
    {
        Lockout[] held = [.. room.Lockouts.Of(new AssetId(site, asset)).Where(lockout => holder is null || lockout.Holder == holder)];
        if (held.Length == 0)
        {
            return ApiProblem.NotFound($"{holder ?? "Nobody"} holds {site}/{asset}{(holder is null ? "" : " not")}.");
        }

        if (held.Length == 1)
        {
            EntityTag.Say(response, (ulong)held[0].Revision);
        }

        return TypedResults.Ok(new Page<LockoutView>([.. held.Select(View)], null));
    }

    private async Task<Results<Created<LockoutView>, Ok<LockoutView>, ProblemHttpResult>> SetAsync(
        string site, string asset, [AsParameters] CommandHeaders headers, LockoutBody body, HttpRequest request, HttpResponse response)
    {
        if (headers.Refuse() is { } refused)
        {
            return refused;
        }

        if (Condition(request, out ProblemHttpResult? problem) is not { } condition)
        {
            return problem!;
        }

        if (body.UntilMs is < 0 or > 253_402_300_799_999)
        {
            return ApiProblem.NotAllowed("untilMs", body.UntilMs, "allowed are Unix milliseconds up to the year 9999");
        }

        DateTimeOffset? until = body.UntilMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
        LockoutOutcome? outcome = await AskAsync(() => room.LockoutDesk.SetAsync(new AssetId(site, asset), headers.Author!, body.Reason, until, condition, room.Stopping));
        if (outcome is LockoutOutcome.InForce set)
        {
            EntityTag.Say(response, (ulong)set.Lockout.Revision);
            return set.IsNew ? TypedResults.Created($"/api/assets/{site}/{asset}/lockout?holder={Uri.EscapeDataString(set.Lockout.Holder)}", View(set.Lockout)) : TypedResults.Ok(View(set.Lockout));
        }

        return Refused(outcome);
    }

    private async Task<Results<NoContent, ProblemHttpResult>> LiftAsync(string site, string asset, [FromQuery] string? holder, [AsParameters] CommandHeaders headers, HttpRequest request)
    {
        if (headers.Refuse() is { } refused)
        {
            return refused;
        }

        if (Condition(request, out ProblemHttpResult? problem) is not { } condition)
        {
            return problem!;
        }

        LockoutOutcome? outcome = await AskAsync(() => room.LockoutDesk.LiftAsync(new AssetId(site, asset), holder, headers.Author!, condition, room.Stopping));
        return outcome is LockoutOutcome.Gone ? TypedResults.NoContent() : Refused(outcome);
    }

    private LockoutView View(Lockout lockout) => LockoutView.Of(lockout, room.LockoutPost);

    private async Task<LockoutOutcome?> AskAsync(Func<Task<LockoutOutcome>> ask)
    {
        try
        {
            return await CommandAnswers.WhileRunningAsync(() => ask().WaitAsync(room.Options.StoreTimeout));
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static ProblemHttpResult Refused(LockoutOutcome? outcome) => outcome switch
    {
        LockoutOutcome.NotFound missing => ApiProblem.NotFound(missing.Detail),
        LockoutOutcome.Forbidden forbidden => ApiProblem.Of(StatusCodes.Status403Forbidden, forbidden.Detail),
        LockoutOutcome.Invalid invalid => ApiProblem.Of(StatusCodes.Status400BadRequest, invalid.Detail),
        LockoutOutcome.Stale { Lockout: { } present } => ApiProblem.Of(
            StatusCodes.Status412PreconditionFailed, $"{present.Holder} holds {present.Asset} with another version: {present.Reason}", ("etag", EntityTag.Of((ulong)present.Revision).ToString())),
        LockoutOutcome.Stale => ApiProblem.Of(StatusCodes.Status412PreconditionFailed, "There is no such lockout any more."),
        _ => CommandAnswers.StoreAway(),
    };

    // A tag is the revision in hexadecimal digits (EntityTag).
    private static LockoutCondition? Condition(HttpRequest request, out ProblemHttpResult? problem)
    {
        problem = null;
        RequestHeaders given = request.GetTypedHeaders();
        EntityTagHeaderValue? tag = given.IfMatch.Count > 0 ? given.IfMatch[0] : null;
        bool mustBeNew = given.IfNoneMatch.Contains(EntityTagHeaderValue.Any);
        if (tag is null || tag.Equals(EntityTagHeaderValue.Any))
        {
            return new LockoutCondition(null, mustBeNew, MustExist: tag is not null);
        }

        if (given.IfMatch.Count == 1 && !tag.IsWeak && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long revision))
        {
            return new LockoutCondition(revision, mustBeNew, MustExist: true);
        }

        problem = ApiProblem.NotAllowed("If-Match", request.Headers.IfMatch, "allowed is one tag as an answer's ETag gives it, or *");
        return null;
    }
}
