namespace IotTelemetry.Cloud.Workers;

/// <summary>How far a claim on a partition has come; the names, in lower case, are in the table <c>leases</c>.</summary>
internal enum LeaseState
{
    /// <summary>No claim yet: a process that has just started asks the holder of this generation to give it back.</summary>
    Wanted,

    /// <summary>Claimed; others may do so in the same moment.</summary>
    Claimed,

    /// <summary>Nobody else can have it; the ledger is still read, nothing is taken yet.</summary>
    Won,

    /// <summary>Frames are taken and stored.</summary>
    Held,

    /// <summary>Given back: all that was taken is stored.</summary>
    Released,

    /// <summary>Void: the claim took longer than others wait for it, and was not alone.</summary>
    Abandoned,
}
