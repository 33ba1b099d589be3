using IotTelemetry.Mqtt;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>The client publishes QoS 0 to a raw sink, one awaited publish after the other.</summary>
public sealed class ClientPublishQos0(long messages = 5_000_000)
{
    public async Task<MqttFigure> RunAsync()
    {
        using var sink = new RawSink(messages);
        sink.Start();
        await using var client = new MqttClient(ClientWork.Options(sink.Endpoint));
        await client.ConnectAsync();
        var message = new MqttMessage { Topic = ClientWork.Topic, Payload = new byte[ClientWork.Payload] };
        var measurement = new Measurement();
        for (var i = 0L; i < messages; i++)
        {
            await client.PublishAsync(message);
        }

        await sink.All;
        return measurement.Finish("client publishes QoS 0 to a raw sink", messages);
    }
}
