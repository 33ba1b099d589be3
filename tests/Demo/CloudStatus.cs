namespace IotTelemetry.Demo;

/// <summary>What <c>GET /status</c> of the cloud service answers; names and units as there. Times are null while nothing is measured yet.</summary>
public sealed record CloudStatus(
    int GatewaysOnline,
    long ReadingsReceived,
    long RowsStored,
    long FramesReceived,
    long FramesStored,
    long FramesInFlight,
    long FramesDuplicate,
    long FramesRejected,
    double? LagMs,
    double? StoredP50Ms,
    double? StoredP99Ms);
