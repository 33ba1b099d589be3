namespace IotTelemetry.Broker.Connections;

/// <summary>Why the work on received bytes stopped.</summary>
internal enum BatchStep : byte
{
    /// <summary>All complete packets are worked off.</summary>
    NeedMore,

    /// <summary>The packet is done; go on with the next.</summary>
    Continue,

    /// <summary>CONNECT or AUTH has to be answered, which may take a while.</summary>
    Authenticate,

    /// <summary>A handler has not returned yet.</summary>
    Handler,

    /// <summary>The client is over its rate.</summary>
    Rate,

    /// <summary>Too many publishes wait for their acknowledgement (MQTT 3.1.1, which has no Receive Maximum).</summary>
    Acknowledgements,

    /// <summary>The client does not read what it is sent.</summary>
    Output,

    /// <summary>The connection is to end.</summary>
    Close,
}
