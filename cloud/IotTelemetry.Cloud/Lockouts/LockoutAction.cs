namespace IotTelemetry.Cloud.Lockouts;

/// <summary>What happened to a lockout; its name in lower case is the word in the table.</summary>
internal enum LockoutAction : byte
{
    /// <summary>It was set.</summary>
    Set,

    /// <summary>Its holder changed the reason or the end.</summary>
    Changed,

    /// <summary>Its holder or a supervisor lifted it.</summary>
    Lifted,

    /// <summary>Its end came.</summary>
    Ended,
}
