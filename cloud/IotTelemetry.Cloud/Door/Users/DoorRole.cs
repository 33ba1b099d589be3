namespace IotTelemetry.Cloud.Door.Users;

/// <summary>What a user of the door and of the API may do.</summary>
internal enum DoorRole
{
    /// <summary>Read, and nothing else; temporary tables in a session.</summary>
    Analyst,

    /// <summary>Read, and insert into the service's own tables.</summary>
    Ingest,

    /// <summary>Read, switch assets, and hold them by lockouts of one's own.</summary>
    Operator,

    /// <summary>As an operator, and lift anybody's lockout.</summary>
    Supervisor,
}
