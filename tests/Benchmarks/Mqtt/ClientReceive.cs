using IotTelemetry.Mqtt;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>The client receives from a raw source; the handler counts. QoS 1 with at most 1,000 unacknowledged.</summary>
public sealed class ClientReceive(MqttQualityOfService quality, long messages = 5_000_000)
{
    private const int Window = 1000;

    public async Task<MqttFigure> RunAsync()
    {
        using var source = new RawSource(messages, (int)quality, Window, ClientWork.Topic, ClientWork.Payload);
        source.Start();
        await using var client = new MqttClient(ClientWork.Options(source.Endpoint));
        await client.ConnectAsync();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0L;
        var measurement = new Measurement();
        var subscription = await client.SubscribeAsync(
            ClientWork.Topic,
            (_, _) =>
            {
                if (++count == messages)
                {
                    all.SetResult();
                }

                return ValueTask.CompletedTask;
            },
            new MqttSubscribeOptions { MaximumQualityOfService = quality });
        while (!all.Task.IsCompleted && count + subscription.Dropped < messages)
        {
            await Task.WhenAny(all.Task, Task.Delay(TimeSpan.FromMilliseconds(100)));
        }

        return measurement.Finish($"client receives QoS {(int)quality} from a raw source", count) with { Dropped = subscription.Dropped };
    }
}
