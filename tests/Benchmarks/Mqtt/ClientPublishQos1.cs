using IotTelemetry.Mqtt;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>The client publishes QoS 1 to a raw sink, a fixed number in flight: each publish waits for the one that many before it.</summary>
public sealed class ClientPublishQos1(long messages = 2_000_000, int inFlight = 100)
{
    public async Task<MqttFigure> RunAsync()
    {
        using var sink = new RawSink(messages);
        sink.Start();
        await using var client = new MqttClient(ClientWork.Options(sink.Endpoint));
        await client.ConnectAsync();
        var message = new MqttMessage
        {
            Topic = ClientWork.Topic,
            Payload = new byte[ClientWork.Payload],
            QualityOfService = MqttQualityOfService.AtLeastOnce,
        };
        var pending = new PendingPublish[inFlight];
        var measurement = new Measurement();
        for (var i = 0L; i < messages; i++)
        {
            var place = (int)(i % inFlight);
            await pending[place].Task;
            pending[place] = new PendingPublish(client.PublishAsync(message));
        }

        foreach (var last in pending)
        {
            await last.Task;
        }

        return measurement.Finish($"client publishes QoS 1, {inFlight} in flight, to a raw sink", messages);
    }

    /// <summary>A publish under way; its task is awaited once.</summary>
    private readonly record struct PendingPublish(ValueTask<MqttPublishResult> Task);
}
