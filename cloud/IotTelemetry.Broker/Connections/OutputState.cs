namespace IotTelemetry.Broker.Connections;

/// <summary>Where a connection's output stands. Idle -> FlushOwed -> Writing -> Idle, and Closed from everywhere.</summary>
internal enum OutputState : byte
{
    /// <summary>Nothing waits.</summary>
    Idle,

    /// <summary>Bytes wait, and the one who appended the first of them has promised to flush.</summary>
    FlushOwed,

    /// <summary>One writer hands bytes to the transport and comes back for more until there are none.</summary>
    Writing,

    /// <summary>The connection is over; what is appended is lost.</summary>
    Closed,
}
