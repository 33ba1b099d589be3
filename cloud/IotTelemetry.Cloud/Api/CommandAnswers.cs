using IotTelemetry.Cloud.Commands;
using IotTelemetry.Protocol;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IotTelemetry.Cloud.Api;

/// <summary>The answers that refuse what commands, bulks and lockouts ask for.</summary>
internal static class CommandAnswers
{
    /// <summary>Asks a room that may be stopping: null when it took nothing.</summary>
    public static async Task<T?> WhileRunningAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public static ProblemHttpResult NotFound(Guid id) => ApiProblem.NotFound($"There is no command {id}; GET /api/commands lists those there are.");

    /// <summary>A command that is recorded as rejected.</summary>
    public static ProblemHttpResult Refused(TrackedCommand command)
    {
        CommandEvidence evidence = command.History[^1].Evidence;
        return ApiProblem.Conflict(evidence.Detail, ("code", evidence.Code), ("command", command.Request.Id));
    }

    public static ProblemHttpResult Invalid(CommandOutcome.Invalid invalid) => Invalid(invalid.Code, invalid.Detail);

    public static ProblemHttpResult Invalid(string code, string detail)
    {
        int status = code == CommandCheck.UnknownAsset || code == CodeName.Of(CommandCode.UnknownPoint) ? StatusCodes.Status404NotFound
            : code == CodeName.Of(CommandCode.Malformed) ? StatusCodes.Status400BadRequest
            : StatusCodes.Status422UnprocessableEntity;
        return ApiProblem.Of(status, detail, ("code", code));
    }

    public static ProblemHttpResult KeyReused() =>
        ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, "The Idempotency-Key came before with another request.", ("parameter", "Idempotency-Key"));

    public static ProblemHttpResult NotRecorded(TrackedCommand command) =>
        ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "The store did not take the command in time. It was not sent to its gateway and will not be.", ("command", command.Request.Id));

    public static ProblemHttpResult StoreAway() => ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "The store did not take it in time. Look again before you repeat it.");

    public static ProblemHttpResult Stopping() => ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "The service is stopping.");

    /// <summary>The answer that refuses a reason; null when it is allowed.</summary>
    public static ProblemHttpResult? TextFault(string reason) => CommandCheck.TextFault("reason", reason, 512) is { } fault ? Invalid(fault) : null;
}
