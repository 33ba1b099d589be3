namespace IotTelemetry.Cloud.Commands;

/// <summary>What became of a request for a bulk.</summary>
internal abstract record BulkOutcome
{
    private BulkOutcome()
    {
    }

    /// <summary>All its commands are recorded, and are begun one after another; or, for a repeated <c>Idempotency-Key</c>, they were before.</summary>
    public sealed record Taken(Guid Id, int Commands, bool IsRepeat = false) : BulkOutcome;

    /// <summary>It cannot be. Nothing is recorded.</summary>
    /// <param name="Code">A code as for a single command.</param>
    /// <param name="Detail">The same for a person, with the first assets it is about.</param>
    public sealed record Invalid(string Code, string Detail) : BulkOutcome;

    /// <summary>The <c>Idempotency-Key</c> came before with another request.</summary>
    public sealed record KeyReused : BulkOutcome;

    /// <summary>The store did not take it in time. Nothing is sent.</summary>
    public sealed record NotRecorded : BulkOutcome;
}
