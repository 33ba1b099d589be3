using System.Net;
using System.Net.Sockets;

namespace IotTelemetry.ClickHouse.Server;

/// <summary>One attempt of a request, from sending to the last byte of the answer. Leaving it unfinished ends the statement on the server.</summary>
internal sealed class ServerQuery(
    ServerEngine engine, Replica replica, ServerRequest request, CancellationTokenSource silence, TimeSpan timeout, CancellationToken cancellationToken) : IAsyncDisposable
{
    private ServerResponse? _response;
    private bool _running;

    /// <summary>Sends, and returns when the answer has begun and its status is a success.</summary>
    /// <exception cref="ClickHouseException">Anything else.</exception>
    public async Task OpenAsync(HttpClient http, HttpRequestMessage message)
    {
        silence.CancelAfter(timeout);
        _running = true;
        HttpResponseMessage? answer = null;
        try
        {
            answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode || answer.Headers.Contains("X-ClickHouse-Exception-Code"))
            {
                _running = false;
                throw await RefusalAsync(answer).ConfigureAwait(false);
            }

            _response = await ServerResponse.OpenAsync(answer, request, silence, timeout).ConfigureAwait(false);
            answer = null;
        }
        catch (HttpRequestException e)
        {
            bool notSent = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            _running = !notSent;
            throw new ClickHouseException($"{request.Doing}: {replica.Endpoint} cannot be reached: {e.Message}", isTransient: true, e) { NotSent = notSent };
        }
        catch (SocketException e)
        {
            // A peer that takes a connection and drops it at once: HttpClient asks the socket for its peer before the request goes out, and lets that failure through as it is.
            _running = false;
            throw new ClickHouseException($"{request.Doing}: {replica.Endpoint} cannot be reached: {e.Message}", isTransient: true, e) { NotSent = true };
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(e);
        }
        finally
        {
            answer?.Dispose();
        }
    }

    /// <inheritdoc cref="ServerResponse.ReadAsync"/>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        try
        {
            ReadOnlyMemory<byte> bytes = await _response!.ReadAsync().ConfigureAwait(false);
            _running = !bytes.IsEmpty;
            return bytes;
        }
        catch (ClickHouseException e)
        {
            _running = e.Code == 0;
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _response?.Dispose();
        silence.Dispose();
        if (_running)
        {
            await engine.KillAsync(replica, request.QueryId).ConfigureAwait(false);
        }
    }

    private async Task<ClickHouseException> RefusalAsync(HttpResponseMessage answer)
    {
        string text;
        try
        {
            using ServerResponse body = await ServerResponse.OpenAsync(answer, request, silence, timeout).ConfigureAwait(false);
            text = await body.ReadTextAsync().ConfigureAwait(false);
        }
        catch (ClickHouseException e) when (e.Code != 0)
        {
            return e;
        }

        int status = (int)answer.StatusCode;
        ClickHouseException error = ClickHouseException.Parse(text, request.Doing);
        bool transient = answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
        return error.Code != 0
            ? error
            : new ClickHouseException($"{request.Doing}: {replica.Endpoint} answered {status} {answer.ReasonPhrase}: {text.Trim()}", transient);
    }

    private ClickHouseException Silent(OperationCanceledException e) =>
        new($"{request.Doing}: {replica.Endpoint} was silent for {timeout.TotalSeconds:F0} s.", isTransient: true, e);
}
