using System.Net;
using System.Net.Sockets;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Benchmarks.Mqtt;

/// <summary>
/// The other end of a client under test: a blocking socket on a thread of its own, which knows just enough MQTT 3.1.1 and allocates nothing per message.
/// TCP_NODELAY on both sides.
/// </summary>
internal abstract class RawPeer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Thread _thread;
    private Socket? _socket;

    protected RawPeer()
    {
        _listener.Start();
        Endpoint = new MqttEndpoint(MqttTransportKind.Tcp, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        _thread = new Thread(Run) { IsBackground = true, Name = GetType().Name };
    }

    public MqttEndpoint Endpoint { get; }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _listener.Stop();
        _socket?.Dispose();
        _thread.Join();
    }

    /// <summary>Speaks with the client after CONNACK, until the socket fails.</summary>
    protected abstract void Serve(Socket socket);

    /// <summary>Receives into the rest of a buffer; throws at the end of the stream.</summary>
    protected static int Receive(Socket socket, byte[] buffer, int end)
    {
        var count = socket.Receive(buffer.AsSpan(end));
        return count > 0 ? end + count : throw new SocketException((int)SocketError.ConnectionReset);
    }

    /// <summary>The length of the packet at this place, or 0 if it is not complete.</summary>
    protected static int PacketLength(ReadOnlySpan<byte> bytes)
    {
        var value = 0;
        for (var i = 1; i < bytes.Length && i < 5; i++)
        {
            value |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if ((bytes[i] & 0x80) == 0)
            {
                return bytes.Length >= i + 1 + value ? i + 1 + value : 0;
            }
        }

        return 0;
    }

    private void Run()
    {
        try
        {
            _socket = _listener.AcceptSocket();
            _socket.NoDelay = true;
            var buffer = new byte[4096];
            var end = 0;
            while (PacketLength(buffer.AsSpan(0, end)) == 0)
            {
                end = Receive(_socket, buffer, end);
            }

            _socket.Send([0x20, 0x02, 0x00, 0x00]);
            Serve(_socket);
        }
        catch (SocketException)
        {
            // The client has gone: the run is over.
        }
        catch (ObjectDisposedException)
        {
            // Disposed: the run is over.
        }
    }
}
