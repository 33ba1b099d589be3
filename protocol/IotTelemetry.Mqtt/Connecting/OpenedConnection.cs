using IotTelemetry.Mqtt.Transport;

namespace IotTelemetry.Mqtt;

/// <summary>A transport over which the server has accepted the connection, with what it sent beyond its CONNACK.</summary>
internal readonly record struct OpenedConnection(IMqttTransport Transport, ReceiveBuffer Received, MqttConnectionInfo Info);
