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
}
