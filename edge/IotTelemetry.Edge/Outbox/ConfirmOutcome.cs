namespace IotTelemetry.Edge.Outbox;

/// <summary>What a cursor from the cloud meant for the outbox.</summary>
internal enum ConfirmOutcome
{
    /// <summary>Nothing new: the epoch is unknown here or was confirmed that far already.</summary>
    Unchanged,

    /// <summary>Frames were confirmed.</summary>
    Advanced,

    /// <summary>The cloud has frames of the current epoch that were never appended here: this outbox is an old copy, and the epoch must not be continued.</summary>
    AheadOfOutbox,
}
