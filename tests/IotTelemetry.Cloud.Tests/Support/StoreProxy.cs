using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>A TCP proxy before a store, by which the store goes away as stores do: it hangs, refuses, or is slow.</summary>
internal sealed class StoreProxy : IAsyncDisposable
{
    private static readonly TimeSpan SlowPiece = TimeSpan.FromMilliseconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly int _storePort;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _passing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ProxyMode _mode;

    public StoreProxy(Uri store)
    {
        _storePort = store.Port;
        _passing.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Set(ProxyMode mode)
    {
        _mode = mode;
        if (mode == ProxyMode.Hang)
        {
            _passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return;
        }

        if (mode == ProxyMode.Refuse)
        {
            foreach (Socket socket in _sockets.Keys)
            {
                socket.Close(0);
            }
        }

        _passing.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Set(ProxyMode.Refuse);
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client = await _listener.AcceptSocketAsync();
            if (_mode == ProxyMode.Refuse)
            {
                client.Close(0);
            }
            else
            {
                _ = ServeAsync(client);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using Socket store = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets[client] = _sockets[store] = 0;
        try
        {
            await store.ConnectAsync(IPAddress.Loopback, _storePort);
            await await Task.WhenAny(PumpAsync(client, store), PumpAsync(store, client));
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // One side is gone, and so is the other one now.
        }
        finally
        {
            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(store, out _);
            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        byte[] piece = new byte[64 << 10];
        while (await from.ReceiveAsync(piece) is > 0 and int count)
        {
            await _passing.Task;
            if (_mode == ProxyMode.Slow)
            {
                await Task.Delay(SlowPiece);
            }

            await to.SendAsync(piece.AsMemory(0, count));
        }
    }
}
