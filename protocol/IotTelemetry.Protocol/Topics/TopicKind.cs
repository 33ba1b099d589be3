namespace IotTelemetry.Protocol;

/// <summary>The last level of a gateway's topic: what is said there (SPECIFICATION.md, section 3).</summary>
public enum TopicKind : byte
{
    /// <summary>Frames, from the gateway.</summary>
    Telemetry,

    /// <summary>The gateway's birth, retained, from the gateway.</summary>
    Birth,

    /// <summary>Whether the gateway is online, retained, from the gateway; also its will.</summary>
    Status,

    /// <summary>Commands, to the gateway.</summary>
    Command,

    /// <summary>Results of commands, from the gateway.</summary>
    Result,

    /// <summary>The cursor up to which frames are stored, to the gateway.</summary>
    Stored,

    /// <summary>The lockouts of the gateway's assets, retained, to the gateway.</summary>
    Lockouts,
}
