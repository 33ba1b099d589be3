using System.Net;
using System.Net.Sockets;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Edge.Tests;

/// <summary>A bad line between a device and its broker: refuses, crawls, or breaks in the middle of a packet, as the test says. What is random comes from the seed.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly MqttEndpoint _broker;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private volatile ProxyFault _fault;
    private CancellationTokenSource _line = new();

    public FaultProxy(MqttEndpoint broker, int seed)
    {
        _broker = broker;
        _random = new Random(seed);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public MqttEndpoint Endpoint => new(MqttTransportKind.Tcp, "127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Connections that were made, refused ones too.</summary>
    public int Connections { get; private set; }

    /// <summary>What the line is like from now on. Present connections break, so that the next one has it.</summary>
    public void Become(ProxyFault fault)
    {
        lock (_gate)
        {
            _fault = fault;
            _line.Cancel();
            _line.Dispose();
            _line = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _line.Dispose();
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var device = await _listener.AcceptSocketAsync(_stop.Token);
            lock (_gate)
            {
                Connections++;
                _connections.Add(CarryAsync(device, _fault, _random.Next(1, 30_000), _line.Token));
            }
        }
    }

    private async Task CarryAsync(Socket device, ProxyFault fault, int cutAfter, CancellationToken broken)
    {
        using (device)
        using (var broker = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            device.NoDelay = true;

            // Closed without a goodbye: what is on the way is lost.
            device.LingerState = new LingerOption(true, 0);
            if (fault == ProxyFault.Refuses)
            {
                return;
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(broken);
            await broker.ConnectAsync(_broker.Host, _broker.Port, end.Token);
            var up = PumpAsync(device, broker, fault, fault == ProxyFault.BreaksInMidPacket ? cutAfter : int.MaxValue, end.Token);
            var down = PumpAsync(broker, device, fault, int.MaxValue, end.Token);
            await Task.WhenAny(up, down);
            await end.CancelAsync();
            await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, ProxyFault fault, int left, CancellationToken end)
    {
        var buffer = new byte[fault == ProxyFault.Crawls ? 256 : 16 * 1024];
        int read;
        while (left > 0 && (read = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), end)) > 0)
        {
            left -= read;
            await to.SendAsync(buffer.AsMemory(0, read), end);
            if (fault == ProxyFault.Crawls)
            {
                await Task.Delay(5, end);
            }
        }
    }
}
