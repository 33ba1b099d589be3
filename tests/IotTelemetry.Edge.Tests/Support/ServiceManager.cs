using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace IotTelemetry.Edge.Tests;

/// <summary>The listening side of sd_notify: hears what the agent says, in order.</summary>
internal sealed class ServiceManager : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[4096];

    /// <param name="address">As NOTIFY_SOCKET has it: a path, or @ and an abstract name.</param>
    public ServiceManager(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
    }

    public string Address { get; }

    public bool HeardNothing => _socket.Available == 0;

    public async Task<string> HearAsync()
    {
        using var giveUp = new CancellationTokenSource(Patience);
        var length = await _socket.ReceiveAsync(_buffer.AsMemory(), giveUp.Token);
        return Encoding.UTF8.GetString(_buffer, 0, length);
    }

    /// <summary>Hears on until a message begins so.</summary>
    public async Task<string> HearAsync(string beginning)
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < Patience)
        {
            if (await HearAsync() is var message && message.StartsWith(beginning, StringComparison.Ordinal))
            {
                return message;
            }
        }

        throw new TimeoutException($"the agent did not say {beginning} within {Patience}");
    }

    public void Dispose() => _socket.Dispose();
}
