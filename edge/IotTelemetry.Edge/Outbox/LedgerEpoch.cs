namespace IotTelemetry.Edge.Outbox;

/// <summary>One epoch in the ledger. For an epoch with segments on disk, they and not this tell the last frame.</summary>
internal sealed record LedgerEpoch(ulong Epoch, ulong LastSeq, ulong ReadingsAppended, ulong ConfirmedSeq);
