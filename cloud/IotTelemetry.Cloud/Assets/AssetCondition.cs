namespace IotTelemetry.Cloud.Assets;

/// <summary>States by which assets are searched.</summary>
internal enum AssetCondition
{
    /// <summary>Its gateway is there.</summary>
    Online,

    /// <summary>Its gateway is not there.</summary>
    Offline,

    /// <summary>Nothing stands there.</summary>
    Free,

    /// <summary>Something stands there.</summary>
    Occupied,

    /// <summary>It has an occupancy, and nobody knows which.</summary>
    Unknown,

    /// <summary>A command is under way.</summary>
    Pending,

    /// <summary>Somebody keeps it from being switched.</summary>
    Locked,

    /// <summary>A point has no value that may still be believed.</summary>
    Stale,

    /// <summary>A sensor failed, or measures something outside its range.</summary>
    Bad,
}
