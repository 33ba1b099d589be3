namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>What one run of an MQTT work reached.</summary>
/// <param name="Work">What was done.</param>
/// <param name="MessagesPerSecond">Messages per second of wall clock.</param>
/// <param name="BytesPerMessage">Bytes allocated per message by the whole process, the raw peer included (which allocates nothing).</param>
/// <param name="CpuMicrosecondsPerMessage">Processor time of the whole process per message, the raw peer included.</param>
/// <param name="Dropped">QoS 0 messages that arrived and were dropped; not counted in the rate.</param>
public sealed record MqttFigure(string Work, double MessagesPerSecond, double BytesPerMessage, double CpuMicrosecondsPerMessage, long Dropped = 0);
