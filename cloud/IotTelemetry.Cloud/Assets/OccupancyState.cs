namespace IotTelemetry.Cloud.Assets;

/// <summary>Whether something stands there.</summary>
internal enum OccupancyState
{
    /// <summary>Nobody knows: the sensor is silent, failed, or never reported.</summary>
    Unknown,

    Free,

    Occupied,
}
