using IotTelemetry.Broker;

namespace IotTelemetry.Benchmarks.Broker;

/// <summary>The least an in-process handler can do: look at the payload and return.</summary>
internal sealed class CountingHandler : IMqttPublishHandler
{
    public long Bytes { get; private set; }

    public ValueTask HandleAsync(MqttInboundPublish publish, CancellationToken connectionClosed)
    {
        Bytes += publish.Payload.Length;
        return ValueTask.CompletedTask;
    }
}
