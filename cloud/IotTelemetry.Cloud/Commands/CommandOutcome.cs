namespace IotTelemetry.Cloud.Commands;

/// <summary>What became of a request for a command.</summary>
internal abstract record CommandOutcome
{
    private CommandOutcome()
    {
    }

    /// <summary>It is recorded and under way; or, for a repeated <c>Idempotency-Key</c>, it was before.</summary>
    public sealed record Taken(TrackedCommand Command, bool IsRepeat = false) : CommandOutcome;

    /// <summary>It is recorded as rejected: a lockout, another command on the asset, a guard that does not hold. Its last row says which.</summary>
    public sealed record Refused(TrackedCommand Command) : CommandOutcome;

    /// <summary>It cannot be: no such asset, point or value. Nothing is recorded.</summary>
    /// <param name="Code">A code of SPECIFICATION.md, section 7.4, or <c>unknown_asset</c>.</param>
    /// <param name="Detail">The same for a person.</param>
    public sealed record Invalid(string Code, string Detail) : CommandOutcome;

    /// <summary>The <c>Idempotency-Key</c> came before with another request.</summary>
    public sealed record KeyReused : CommandOutcome;

    /// <summary>The store did not take it in time. It is not sent.</summary>
    public sealed record NotRecorded(TrackedCommand Command) : CommandOutcome;
}
