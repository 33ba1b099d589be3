namespace IotTelemetry.Cloud.Assets;

/// <summary>Whether a gateway is there, as far as the cloud knows.</summary>
internal enum GatewayPresence
{
    /// <summary>It said nothing since the service started.</summary>
    Unknown,

    /// <summary>It says so, and was heard lately.</summary>
    Online,

    /// <summary>It said it is online, and has been silent for too long since.</summary>
    Silent,

    /// <summary>Its connection was lost: its will says so.</summary>
    Offline,

    /// <summary>It stopped in order.</summary>
    Stopped,
}
