namespace IotTelemetry.Cloud.Rejects;

/// <summary>What became of one reject in a replay; the names, in snake case, are in the answer.</summary>
internal enum ReplayOutcome
{
    /// <summary>Its readings are stored now; in a dry run: they would be.</summary>
    Stored,

    /// <summary>An earlier replay stored it.</summary>
    StoredBefore,

    /// <summary>It still cannot be stored.</summary>
    StillBad,

    /// <summary>Another frame is stored under its number, so that nothing can be stored under it.</summary>
    NumberTaken,

    /// <summary>Its gateway is another worker's.</summary>
    Elsewhere,
}
