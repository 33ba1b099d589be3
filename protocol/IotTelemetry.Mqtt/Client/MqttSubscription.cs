namespace IotTelemetry.Mqtt;

/// <summary>A live subscription. Made again by the client whenever the server lost the session; ends when disposed.</summary>
public sealed class MqttSubscription : IAsyncDisposable
{
    internal MqttSubscription(string filter, MqttSubscribeOptions options)
    {
        Filter = filter;
        Options = options;
    }

    /// <summary>The topic filter.</summary>
    public string Filter { get; }

    /// <summary>How it was made.</summary>
    public MqttSubscribeOptions Options { get; }

    /// <summary>QoS 0 messages dropped because the queue was full.</summary>
    public long Dropped => throw new NotImplementedException();

    /// <summary>Unsubscribes (if connected) and ends the handler, in bounded time.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
