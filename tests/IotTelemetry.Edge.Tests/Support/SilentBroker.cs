using System.Net;
using System.Net.Sockets;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Edge.Tests;

/// <summary>A broker that accepts a connection and then answers nothing.</summary>
internal sealed class SilentBroker : IDisposable
{
    /// <summary>The first byte of CONNECT, SUBSCRIBE and PUBLISH without their flags (MQTT 5.0 section 2.1.2).</summary>
    public const int Connect = 0x10;
    public const int Subscribe = 0x80;
    public const int Publish = 0x30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentBroker() => _listener.Start();

    public MqttEndpoint Endpoint => new(MqttTransportKind.Tcp, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Takes the next connection and reads until a packet of the type has come, CONNECT is accepted on the way. Disposed of, the connection is closed.</summary>
    public async Task<IDisposable> AcceptUntilAsync(int type)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        var stream = new NetworkStream(await _listener.AcceptSocketAsync(giveUp.Token), ownsSocket: true);
        var packet = new byte[64 * 1024];
        while (true)
        {
            await stream.ReadExactlyAsync(packet.AsMemory(0, 1), giveUp.Token);
            var length = 0;
            var shift = 0;
            do
            {
                await stream.ReadExactlyAsync(packet.AsMemory(1, 1), giveUp.Token);
                length |= (packet[1] & 0x7F) << shift;
                shift += 7;
            }
            while ((packet[1] & 0x80) != 0);

            await stream.ReadExactlyAsync(packet.AsMemory(1, length), giveUp.Token);
            if ((packet[0] & 0xF0) == Connect)
            {
                await stream.WriteAsync(new byte[] { 0x20, 3, 0, 0, 0 }, giveUp.Token);
            }

            if ((packet[0] & 0xF0) == type)
            {
                return stream;
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
