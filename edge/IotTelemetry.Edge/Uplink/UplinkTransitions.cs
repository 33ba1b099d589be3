namespace IotTelemetry.Edge.Uplink;

/// <summary>The uplink's transition table. What is not listed changes nothing: an answer that comes late must not wake a state that is over.</summary>
internal static class UplinkTransitions
{
    public static UplinkState Next(UplinkState state, UplinkTrigger trigger) => (state, trigger) switch
    {
        (UplinkState.Stopped, _) => UplinkState.Stopped,
        (_, UplinkTrigger.Stop) => UplinkState.Stopped,
        (_, UplinkTrigger.Connected) => UplinkState.Announcing,
        (_, UplinkTrigger.Disconnected) => UplinkState.Offline,
        (UplinkState.Announcing, UplinkTrigger.Announced) => UplinkState.Streaming,
        (UplinkState.Streaming, UplinkTrigger.Refused) => UplinkState.Pausing,
        (UplinkState.Announcing, UplinkTrigger.Refused) => UplinkState.Pausing,
        (UplinkState.Pausing, UplinkTrigger.PauseOver) => UplinkState.Announcing,
        _ => state,
    };
}
