namespace IotTelemetry.Edge.Interlocks;

/// <summary>Who wants a point to be set.</summary>
internal enum CommandOrigin
{
    /// <summary>Somebody by way of the cloud.</summary>
    Cloud,

    /// <summary>Somebody at the gateway.</summary>
    Local,

    /// <summary>The agent itself, because the uplink was lost.</summary>
    FailSafe,
}
