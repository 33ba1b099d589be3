using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace IotTelemetry.Broker.Connections;

/// <summary>
/// A WebSocket as a transport connection (MQTT 5.0 section 6): the payloads of binary frames are one stream of bytes, frame boundaries mean nothing. What is
/// received but not yet read is bounded by the largest packet.
/// </summary>
internal sealed class WebSocketConnection : ConnectionContext
{
    private const int SmallestReceive = 4096;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly Pipe _received;
    private readonly Pipe _sending = new(new PipeOptions(useSynchronizationContext: false));
    private readonly CancellationTokenSource _closed;
    private bool _isDisposed;

    public WebSocketConnection(WebSocket socket, HttpContext http, int maximumPacketSize)
    {
        _socket = socket;
        _received = new Pipe(new PipeOptions(
            pauseWriterThreshold: maximumPacketSize + SmallestReceive, resumeWriterThreshold: maximumPacketSize / 2, useSynchronizationContext: false));
        _closed = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        ConnectionClosed = _closed.Token;
        Transport = new DuplexPipe(_received.Reader, _sending.Writer);
        Features = http.Features;
        ConnectionId = http.Connection.Id;
        RemoteEndPoint = http.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, http.Connection.RemotePort) : null;
    }

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <summary>Moves bytes both ways until either side ends. Does not throw.</summary>
    public async Task PumpAsync()
    {
        var sending = SendAsync();
        await ReceiveAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        Abort(new ConnectionAbortedException());
    }

    /// <summary>Cuts the connection; does nothing to one that is over, which the broker's lingering list may still hold.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (_closed)
        {
            if (!_isDisposed)
            {
                _closed.Cancel();
            }
        }
    }

    public override ValueTask DisposeAsync()
    {
        lock (_closed)
        {
            _isDisposed = true;
            _closed.Dispose();
        }

        return base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(_received.Writer.GetMemory(SmallestReceive), ConnectionClosed).ConfigureAwait(false);

                // [MQTT-6.0.0-1]: a text frame ends the connection
                if (received.MessageType != WebSocketMessageType.Binary)
                {
                    break;
                }

                _received.Writer.Advance(received.Count);
                if ((await _received.Writer.FlushAsync(ConnectionClosed).ConfigureAwait(false)).IsCompleted)
                {
                    await DiscardUntilClosedAsync().ConfigureAwait(false);
                    break;
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The transport is gone; the reader sees the end of its bytes.
        }

        await _received.Writer.CompleteAsync().ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var read = await _sending.Reader.ReadAsync(ConnectionClosed).ConfigureAwait(false);
                foreach (var segment in read.Buffer)
                {
                    await _socket.SendAsync(segment, WebSocketMessageType.Binary, endOfMessage: true, ConnectionClosed).ConfigureAwait(false);
                }

                _sending.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            // From here the peer has this long to answer the close frame.
            _closed.CancelAfter(CloseTimeout);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ConnectionClosed).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // As for receiving: the broker's side learns it from its reader or its next flush.
        }

        await _sending.Reader.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Nobody reads any more: what still comes before the peer's close frame is thrown away, so that the closing handshake can end.</summary>
    private async Task DiscardUntilClosedAsync()
    {
        var discarded = new byte[SmallestReceive];
        while ((await _socket.ReceiveAsync(discarded.AsMemory(), ConnectionClosed).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
