using System.Net.Security;
using System.Net.Sockets;

namespace IotTelemetry.Mqtt.Transport;

/// <summary>TLS over TCP.</summary>
internal sealed class TlsTransport(Socket socket, SslStream stream) : IMqttTransport
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) => stream.ReadAsync(buffer, cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => stream.WriteAsync(data, cancellationToken);

    public void Abort() => socket.Dispose();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return stream.DisposeAsync();
    }
}
