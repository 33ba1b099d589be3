using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Commands;

/// <summary>What the journal remembers of one phase of one command.</summary>
/// <param name="Id">The command's id.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Fingerprint">Tells the same content from another under the same id.</param>
/// <param name="Result">The answer that was given; null while it is being carried out, and for ever when the agent ended in the middle of that.</param>
internal sealed record JournalEntry(Guid Id, CommandPhase Phase, string Fingerprint, CommandResult? Result);
