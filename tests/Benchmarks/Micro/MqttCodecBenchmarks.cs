using System.Buffers;
using BenchmarkDotNet.Attributes;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Benchmarks.Micro;

/// <summary>One PUBLISH, 64 bytes on a 12-byte topic at QoS 1, and one match of a filter with wildcards.</summary>
public class MqttCodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly MqttPublishPacket _publish = new()
    {
        Topic = "site/gateway"u8.ToArray(),
        Payload = new byte[64],
        PacketId = 7,
        QualityOfService = MqttQualityOfService.AtLeastOnce,
    };

    private readonly byte[] _filter = "iot/1/+/+/+/telemetry"u8.ToArray();
    private readonly byte[] _topic = "iot/1/17/harbour/car-park/telemetry"u8.ToArray();
    private ReadOnlyMemory<byte> _wire;

    [GlobalSetup]
    public void Encode()
    {
        MqttPacketWriter.WritePublish(_output, _publish, MqttProtocolVersion.V500);
        _wire = _output.WrittenMemory.ToArray();
    }

    [Benchmark(Description = "MQTT: write one PUBLISH")]
    public int Write()
    {
        _output.ResetWrittenCount();
        MqttPacketWriter.WritePublish(_output, _publish, MqttProtocolVersion.V500);
        return _output.WrittenCount;
    }

    [Benchmark(Description = "MQTT: read one PUBLISH")]
    public int Read()
    {
        MqttPacketReader.TryReadHeader(_wire.Span, _wire.Length, out var header);
        return MqttPacketReader.ReadPublish(header, _wire[header.HeaderLength..], MqttProtocolVersion.V500).Payload.Length;
    }

    [Benchmark(Description = "MQTT: match one topic filter")]
    public bool Match() => MqttTopicFilter.Matches(_filter, _topic);
}
