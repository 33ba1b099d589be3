namespace IotTelemetry.Cloud.Status;

/// <summary>The answer of <c>GET /status</c>. Counters count from the start of the service; times are in milliseconds.</summary>
internal sealed record StatusReport
{
    public required int GatewaysOnline { get; init; }

    public required int GatewaysKnown { get; init; }

    public required long Connections { get; init; }

    public required long ReadingsReceived { get; init; }

    public required long RowsStored { get; init; }

    public required long FramesReceived { get; init; }

    public required long FramesStored { get; init; }

    public required long FramesInFlight { get; init; }

    public required long FramesDuplicate { get; init; }

    public required long FramesRejected { get; init; }

    public required long FramesRefused { get; init; }

    /// <summary>Frames that gateways said will never come; anything but 0 is worth a look into the log (event 307).</summary>
    public required long FramesMissing { get; init; }

    public required long BatchesStored { get; init; }

    public required long StoreRetries { get; init; }

    /// <summary>Age of the oldest frame that is taken and not stored.</summary>
    public required long LagMs { get; init; }

    /// <summary>From a frame's closing at its gateway to its confirmation; null before the first frame.</summary>
    public required long? StoredP50Ms { get; init; }

    public required long? StoredP99Ms { get; init; }

    /// <summary>Statements on their way through the HTTP door.</summary>
    public required int DoorStatements { get; init; }

    /// <summary>Requests at the HTTP door refused for a wrong user or password.</summary>
    public required long DoorLoginsRefused { get; init; }

    /// <summary>Where reading the live state from the store is: running, complete or failed; null in a worker, which has none of the whole fleet.</summary>
    public required string? LiveState { get; init; }

    /// <summary>Points whose last values are read from the store; 0 while births are read.</summary>
    public required long LivePoints { get; init; }

    /// <summary>How many of <see cref="LivePoints"/> were looked for so far.</summary>
    public required long LivePointsDone { get; init; }

    public required string? Problem { get; init; }
}
