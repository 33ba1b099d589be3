using IotTelemetry.Mqtt;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>What all client works have in common: MQTT 3.1.1, a topic of 12 bytes, a payload of 64.</summary>
internal static class ClientWork
{
    public const string Topic = "bench/topic1";
    public const int Payload = 64;

    public static MqttClientOptions Options(MqttEndpoint endpoint) => new()
    {
        Endpoint = endpoint,
        ProtocolVersion = MqttProtocolVersion.V311,
    };
}
