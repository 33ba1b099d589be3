namespace IotTelemetry.Cloud.Door.Users;

/// <summary>What a user of the door may do.</summary>
internal enum DoorRole
{
    /// <summary>Read, and nothing else; temporary tables in a session.</summary>
    Analyst,

    /// <summary>Read, and insert into the service's own tables.</summary>
    Ingest,
}
