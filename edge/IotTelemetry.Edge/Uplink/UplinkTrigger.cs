namespace IotTelemetry.Edge.Uplink;

/// <summary>What moves the uplink from one state to another.</summary>
internal enum UplinkTrigger
{
    Connected,
    Announced,
    Refused,
    PauseOver,
    Disconnected,
    Stop,
}
