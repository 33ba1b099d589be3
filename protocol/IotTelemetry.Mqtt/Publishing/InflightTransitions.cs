using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>The life of an outgoing packet identifier (MQTT 5.0 section 4.3): which answer is expected, and what follows it.</summary>
internal static class InflightTransitions
{
    /// <summary>
    /// The state after an answer; <see cref="InflightState.Free"/> ends the exchange. Null: the answer does not belong to this state.
    /// </summary>
    public static InflightState? Next(InflightState state, MqttPacketType answer, bool isError) => (state, answer, isError) switch
    {
        (InflightState.AwaitingPubAck, MqttPacketType.PubAck, _) => InflightState.Free,
        (InflightState.AwaitingPubRec, MqttPacketType.PubRec, false) => InflightState.AwaitingPubComp,
        (InflightState.AwaitingPubRec, MqttPacketType.PubRec, true) => InflightState.Free, // section 4.3.3: 0x80 and up ends it
        (InflightState.AwaitingPubComp, MqttPacketType.PubRec, false) => InflightState.AwaitingPubComp, // the server repeats itself: PUBREL again
        (InflightState.AwaitingPubComp, MqttPacketType.PubComp, _) => InflightState.Free,
        (InflightState.AwaitingSubAck, MqttPacketType.SubAck, _) => InflightState.Free,
        (InflightState.AwaitingUnsubAck, MqttPacketType.UnsubAck, _) => InflightState.Free,
        _ => null,
    };
}
