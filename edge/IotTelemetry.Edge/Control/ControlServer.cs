using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Control;

/// <summary>
/// The socket by which somebody at the gateway speaks to the running agent: a request is one line of JSON, the answers are lines of JSON, then the connection is closed. Only the agent's user and
/// root can open it.
/// </summary>
/// <param name="path">The socket; one left by an agent that is gone is replaced, so the caller holds the lock of the state directory.</param>
/// <param name="verbs">What can be asked.</param>
/// <param name="log">Where a connection that fails is told.</param>
/// <param name="patience">How long a request may take to come, and an answer to be read; ten seconds unless told otherwise.</param>
internal sealed class ControlServer(string path, IReadOnlyDictionary<string, ControlVerb> verbs, ILogger log, TimeSpan? patience = null) : IAsyncDisposable
{
    /// <summary>A longer request is refused.</summary>
    public const int LongestRequest = 64 * 1024;

    /// <summary>So many are answered at one time.</summary>
    public const int MaximumConnections = 16;

    /// <summary>How long no connection is taken after one could not be.</summary>
    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    /// <summary>How long a client that does not read may hold up the end.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room = new(MaximumConnections);
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Begins to listen. Without a socket the agent runs all the same, and says so.</summary>
    public void Start()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            listener.Bind(new UnixDomainSocketEndPoint(path));

            // Before it listens, nobody can connect: there is no moment in which others could.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(MaximumConnections);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            listener.Dispose();
            ControlLog.NoSocket(log, path, exception.Message);
            return;
        }

        _listener = listener;
        _accepting = AcceptAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener?.Dispose();
        await _accepting;
        for (var i = 0; i < MaximumConnections; i++)
        {
            await _room.WaitAsync();
        }

        try
        {
            if (_listener is not null)
            {
                File.Delete(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A disk that has become read-only: the next run's socket takes its place, if it can.
            ControlLog.Failed(log, exception.Message);
        }

        _room.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        var isRefused = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(_stop.Token);
                try
                {
                    _ = ServeAsync(await listener.AcceptAsync(_stop.Token));
                    isRefused = false;
                }
                catch
                {
                    _room.Release();
                    throw;
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException || _stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException exception)
            {
                // No file descriptors are left, most likely: the next try would fail as soon as this one.
                if (!isRefused)
                {
                    isRefused = true;
                    ControlLog.NotAccepted(log, exception.Message);
                }

                await Task.Delay(AcceptPause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await AnswerAsync(socket, stream);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // The other side is gone; what was begun for it goes on or has ended.
            ControlLog.Failed(log, exception.Message);
        }
        catch (Exception exception)
        {
            ControlLog.Defect(log, exception);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task AnswerAsync(Socket socket, NetworkStream stream)
    {
        using var giveUp = new CancellationTokenSource();
        using var ending = _stop.Token.Register(() => giveUp.CancelAfter(LastWords));
        var reply = new ControlReply(stream, _patience, giveUp.Token);
        ControlRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(await ReadLineAsync(stream), ControlJson.Default.ControlRequest);
        }
        catch (JsonException exception)
        {
            await reply.ProblemAsync($"the request cannot be read: {exception.Message}");
            return;
        }

        if (request is null || !verbs.TryGetValue(request.Verb, out var verb))
        {
            await reply.ProblemAsync($"{request?.Verb ?? "null"} is not known; this agent knows: {string.Join(", ", verbs.Keys)}");
            return;
        }

        await verb(request, ControlPeer.Of(socket), reply, _stop.Token);
    }

    private async Task<byte[]> ReadLineAsync(NetworkStream stream)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        giveUp.CancelAfter(_patience);
        var line = new byte[LongestRequest];
        var length = 0;
        while (length < line.Length)
        {
            var read = await stream.ReadAsync(line.AsMemory(length), giveUp.Token);
            var end = Array.IndexOf(line, (byte)'\n', length, read);
            length += read;
            if (end >= 0 || read == 0)
            {
                return line[..(end >= 0 ? end : length)];
            }
        }

        throw new JsonException($"it has more than {LongestRequest} bytes");
    }
}
