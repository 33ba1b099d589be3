using IotTelemetry.Cloud.Assets;
using IotTelemetry.Cloud.Commands;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary><c>/api/assets/…/commands</c> and <c>/api/commands</c>: switching, following, taking back, and the audit.</summary>
internal sealed class CommandEndpoints(CommandRoom room, TimeProvider time)
{
    private const int LongestWaitSeconds = 60;

    public static void Map(RouteGroupBuilder api, CommandRoom room, TimeProvider time)
    {
        CommandEndpoints endpoints = new(room, time);
        api.MapPost("/assets/{site}/{asset}/commands", endpoints.RequestAsync)
            .WithTags("Commands")
            .WithSummary("Asks for a point to be set. Answers at once with the command's address; follow it there.")
            .WithDescription("409 when the asset is locked out, another command has it, or the guard does not hold: recorded, as the answer's field command says.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        RouteGroupBuilder commands = api.MapGroup("/commands").WithTags("Commands");
        commands.MapGet("", endpoints.ListAsync).WithSummary("The audit: commands, newest first, page by page.").ProducesProblem(StatusCodes.Status400BadRequest);
        commands.MapGet("/{id:guid}", endpoints.GetAsync)
            .WithSummary("One command with every row of its life.")
            .WithDescription("With after and waitSeconds the answer waits, at most so long, until there is a row with a higher number than after.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        commands.MapPost("/{id:guid}/cancel", endpoints.CancelAsync)
            .WithSummary("Takes a command back. Once its output may have been asked to move, the gateway decides; follow the command.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private async Task<Results<Accepted<CommandView>, ProblemHttpResult>> RequestAsync(string site, string asset, [AsParameters] CommandHeaders headers, CommandBody body)
    {
        AssetId id = new(site, asset);
        if (headers.Refuse() is { } refused)
        {
            return refused;
        }

        CommandOrder order = body.ToOrder(id, headers) with { Fingerprint = headers.Fingerprint(id.ToString(), body) };
        return await CommandAnswers.WhileRunningAsync(() => room.Desk.RequestAsync(order)) switch
        {
            CommandOutcome.Taken taken => TypedResults.Accepted($"/api/commands/{taken.Command.Request.Id}", CommandView.Of(taken.Command)),
            CommandOutcome.Refused refusal => CommandAnswers.Refused(refusal.Command),
            CommandOutcome.Invalid invalid => CommandAnswers.Invalid(invalid),
            CommandOutcome.KeyReused => CommandAnswers.KeyReused(),
            CommandOutcome.NotRecorded late => CommandAnswers.NotRecorded(late.Command),
            _ => CommandAnswers.Stopping(),
        };
    }

    private async Task<Results<Ok<Page<CommandView>>, ProblemHttpResult>> ListAsync([AsParameters] AuditParameters parameters, CancellationToken gone)
    {
        if (parameters.ToQuery(time.GetUtcNow(), out ProblemHttpResult? problem) is not { } query)
        {
            return problem!;
        }

        List<CommandView> views = [.. (await room.Archive.ListAsync(query, gone)).Select(CommandView.Of)];
        return TypedResults.Ok(Page.Of(views, query.Limit - 1, AuditParameters.Key));
    }

    private async Task<Results<Ok<CommandView>, ProblemHttpResult>> GetAsync(Guid id, [FromQuery] int? after, [FromQuery] int? waitSeconds, CancellationToken gone)
    {
        if (waitSeconds is < 0 or > LongestWaitSeconds)
        {
            return ApiProblem.NotAllowed("waitSeconds", waitSeconds, $"allowed is 0 to {LongestWaitSeconds}");
        }

        if (await room.Desk.FindAsync(id, gone) is not { } command)
        {
            return CommandAnswers.NotFound(id);
        }

        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(gone, room.Stopping);
        enough.CancelAfter(TimeSpan.FromSeconds(waitSeconds ?? 0));
        while (waitSeconds > 0 && !enough.IsCancellationRequested)
        {
            Task changed = command.Changed;
            if (command.Stage.IsFinal() || command.History.Count > (after ?? 0))
            {
                break;
            }

            await changed.WaitAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return TypedResults.Ok(CommandView.Of(command));
    }

    private async Task<Results<Accepted<CommandView>, ProblemHttpResult>> CancelAsync(Guid id, [AsParameters] CommandHeaders headers, CancelBody body, CancellationToken gone)
    {
        if ((headers.Refuse() ?? CommandAnswers.TextFault(body.Reason)) is { } refused)
        {
            return refused;
        }

        if (await room.Desk.FindAsync(id, gone) is not { } command)
        {
            return CommandAnswers.NotFound(id);
        }

        return await room.Desk.CancelAsync(command, headers.Author!, body.Reason)
            ? TypedResults.Accepted($"/api/commands/{id}", CommandView.Of(command))
            : ApiProblem.Conflict($"Command {id} is {StageName.Of(command.Stage)}: it cannot be taken back any more.", ("state", StageName.Of(command.Stage)));
    }
}
