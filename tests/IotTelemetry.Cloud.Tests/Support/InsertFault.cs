namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>What becomes of one insert.</summary>
public enum InsertFault
{
    None,

    /// <summary>Refused: nothing is stored.</summary>
    FailBefore,

    /// <summary>Stored, but the answer is lost: the outcome is unknown to the service.</summary>
    FailAfter,

    /// <summary>The process dies before the insert.</summary>
    CrashBefore,

    /// <summary>The process dies after the insert.</summary>
    CrashAfter,

    /// <summary>The process dies in the midst of an insert of rollups: one year is stored, the others are not. Elsewhere as <see cref="CrashBefore"/>.</summary>
    CrashPartly,
}
