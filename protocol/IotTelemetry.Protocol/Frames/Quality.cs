namespace IotTelemetry.Protocol;

/// <summary>How far a reading may be trusted. A closed list: a new quality is a new major version.</summary>
public enum Quality : byte
{
    /// <summary>The value and the time are as measured.</summary>
    Good = 0,

    /// <summary>The value is as measured, the time is still a guess.</summary>
    UncertainClock = 1,

    /// <summary>The value is the last known one: the source has been silent for too long.</summary>
    Stale = 2,

    /// <summary>The sensor failed, or gave what is not a value of the point's type; the value says nothing.</summary>
    BadSensor = 3,

    /// <summary>The value is as measured and outside the point's range.</summary>
    OutOfRange = 4,
}
