using System.Net.Sockets;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>Plain TCP.</summary>
internal sealed class TcpTransport(Socket socket) : IMqttTransport
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var pending = socket.SendAsync(data, SocketFlags.None, cancellationToken);
        if (!pending.IsCompletedSuccessfully)
        {
            return FinishAsync(pending, data, cancellationToken);
        }

        var sent = pending.Result;
        return sent == data.Length ? ValueTask.CompletedTask : FinishAsync(new ValueTask<int>(sent), data, cancellationToken);
    }

    public void Abort() => socket.Dispose();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask FinishAsync(ValueTask<int> pending, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        for (data = data[await pending.ConfigureAwait(false)..]; data.Length > 0;)
        {
            data = data[await socket.SendAsync(data, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }
}
