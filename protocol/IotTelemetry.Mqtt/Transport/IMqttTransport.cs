namespace IotTelemetry.Mqtt.Transport;

/// <summary>A byte stream both ways. One reader and one writer may work at the same time.</summary>
internal interface IMqttTransport : IAsyncDisposable
{
    /// <summary>Receives at least one byte; 0 when the peer has ended the stream.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends everything.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Ends the stream at once; pending calls fail. Never throws, never blocks, may be called repeatedly and from any thread.</summary>
    void Abort();
}
