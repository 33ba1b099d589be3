namespace IotTelemetry.Edge.Uplink;

/// <summary>Where the uplink stands.</summary>
internal enum UplinkState
{
    /// <summary>No connection.</summary>
    Offline,

    /// <summary>Connected; births and status go first.</summary>
    Announcing,

    /// <summary>Frames flow.</summary>
    Streaming,

    /// <summary>The broker refused a frame: nothing is sent for a while, then everything again from the cursor.</summary>
    Pausing,

    /// <summary>Over.</summary>
    Stopped,
}
