using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace IotTelemetry.ClickHouse.Tests.Server;

/// <summary>An HTTP server that answers each request with the next bytes of its script, and then closes the connection as abruptly as the script says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<byte[]> _answers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private readonly X509Certificate2? _certificate;

    public ScriptedServer(params string[] answers)
        : this(null, answers)
    {
    }

    /// <summary>With a certificate, the server speaks TLS.</summary>
    public ScriptedServer(X509Certificate2? certificate, params string[] answers)
    {
        _certificate = certificate;
        foreach (string answer in answers)
        {
            _answers.Enqueue(Encoding.Latin1.GetBytes(answer));
        }

        _listener.Start();
        _running = RunAsync();
    }

    public Uri Endpoint => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>What was asked: head and body of each request but KILL QUERY.</summary>
    public ConcurrentQueue<(string Head, byte[] Body)> Requests { get; } = new();

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public static string Status(int status, string body) => $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>A chunked answer that is cut off after <paramref name="body"/>.</summary>
    public static string Cut(string body, string header = "") => $"HTTP/1.1 200 OK\r\n{header}Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n";

    /// <summary>A chunked answer with a proper end.</summary>
    public static string Chunked(string body, string header = "") => Cut(body, header) + "0\r\n\r\n";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            using Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
            try
            {
                await using Stream stream = await OpenAsync(socket);
                await AnswerAsync(stream);
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The client did not like the certificate.
            }
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        NetworkStream network = new(socket);
        if (_certificate is null)
        {
            return network;
        }

        SslStream tls = new(network);
        await tls.AuthenticateAsServerAsync(_certificate);
        return tls;
    }

    private async Task AnswerAsync(Stream stream)
    {
        (string head, byte[] body) = await ReadRequestAsync(stream);
        if (Encoding.Latin1.GetString(body).StartsWith("KILL", StringComparison.Ordinal))
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(Ok("")), _stop.Token);
            return;
        }

        if (head.Length == 0)
        {
            return; // The client left without a request.
        }

        Requests.Enqueue((head, body));
        if (_answers.TryDequeue(out byte[]? answer))
        {
            await stream.WriteAsync(answer, _stop.Token);
        }
    }

    private async Task<(string Head, byte[] Body)> ReadRequestAsync(Stream stream)
    {
        byte[] buffer = new byte[1 << 16];
        List<byte> bytes = [];
        while (true)
        {
            string text = Encoding.Latin1.GetString([.. bytes]);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                string? length = text[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
                int bodyLength = length is null ? 0 : int.Parse(length[15..], System.Globalization.CultureInfo.InvariantCulture);
                if (bytes.Count >= end + 4 + bodyLength)
                {
                    return (text[..end], [.. bytes.Skip(end + 4)]);
                }
            }

            int read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return ("", [.. bytes]);
            }

            bytes.AddRange(buffer.AsSpan(0, read));
        }
    }
}
