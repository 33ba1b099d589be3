namespace IotTelemetry.Mqtt;

/// <summary>What an outgoing packet identifier waits for.</summary>
internal enum InflightState : byte
{
    Free,
    AwaitingPubAck,
    AwaitingPubRec,
    AwaitingPubComp,
    AwaitingSubAck,
    AwaitingUnsubAck,
}
