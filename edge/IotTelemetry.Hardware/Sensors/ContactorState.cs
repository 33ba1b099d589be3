namespace IotTelemetry.Hardware.Sensors;

/// <summary>What a contactor's coil and contacts say together.</summary>
internal enum ContactorState : byte
{
    /// <summary>Contacts not read yet, or their lines are not held.</summary>
    Unknown,

    /// <summary>Commanded open, contacts open.</summary>
    Open,

    /// <summary>Commanded closed, contacts closed.</summary>
    Closed,

    /// <summary>Within the travel time, contacts not yet where they belong.</summary>
    Moving,

    /// <summary>The travel time passed and the contacts agree with each other but not with the coil.</summary>
    NotFollowed,

    /// <summary>The travel time passed and the two contacts contradict each other: both open (a broken wire) or both closed (welded, or a short).</summary>
    Contradiction,
}
