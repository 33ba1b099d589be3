using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace IotTelemetry.ClickHouse.Server;

/// <summary>
/// The body of a successful answer, and the error that may still come in its midst: the status was sent before the statement failed. Servers from 25.11 on mark it
/// with a tag that the headers announce: <c>__exception__ CRLF tag CRLF text LF length SP tag CRLF __exception__ CRLF</c>; before, only the text stands at the end.
/// </summary>
internal sealed partial class ServerResponse : IDisposable
{
    private const int BufferBytes = 128 << 10;
    private const int TailBytes = 16 << 10;
    private const int LongestError = 1 << 20;
    private readonly HttpResponseMessage _message;
    private readonly Stream _body;
    private readonly ServerRequest _request;
    private readonly CancellationTokenSource _silence;
    private readonly TimeSpan _timeout;
    private readonly string? _tag;
    private readonly byte[] _marker;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;
    private byte[] _tail = [];
    private bool _ended;

    private ServerResponse(HttpResponseMessage message, Stream body, ServerRequest request, CancellationTokenSource silence, TimeSpan timeout)
    {
        _message = message;
        _body = body;
        _request = request;
        _silence = silence;
        _timeout = timeout;
        _tag = message.Headers.TryGetValues("X-ClickHouse-Exception-Tag", out IEnumerable<string>? tags) ? tags.First() : null;
        _marker = _tag is null ? [] : Encoding.ASCII.GetBytes($"__exception__\r\n{_tag}\r\n");
    }

    /// <summary>Takes over the message, which is a success by its status. <paramref name="silence"/> is cancelled after a time without a byte.</summary>
    public static async Task<ServerResponse> OpenAsync(HttpResponseMessage message, ServerRequest request, CancellationTokenSource silence, TimeSpan timeout)
    {
        Stream body = await message.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        body = message.Content.Headers.ContentEncoding.Contains("gzip") ? new GZipStream(body, CompressionMode.Decompress) : body;
        return new ServerResponse(message, body, request, silence, timeout);
    }

    /// <summary>The next bytes of the result, valid until the next call; empty at its end.</summary>
    /// <exception cref="ClickHouseException">The statement failed, or the connection broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        while (!_ended)
        {
            // What was given out is gone; what could be the beginning of a marker was kept.
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int read = await FillAsync().ConfigureAwait(false);
            if (_tag is null)
            {
                KeepTail(_buffer.AsSpan(_end - read, read));
            }

            int marker = _tag is null ? -1 : _buffer.AsSpan(0, _end).IndexOf(_marker);
            if (marker >= 0)
            {
                throw await ReadErrorAsync(marker + _marker.Length).ConfigureAwait(false);
            }

            if (read == 0)
            {
                _ended = true;
                ThrowIfTailIsError();
            }

            int safe = _tag is null || _ended ? _end : Math.Max(0, _end - _marker.Length + 1);
            if (safe > 0)
            {
                _start = safe;
                return _buffer.AsMemory(0, safe);
            }
        }

        return default;
    }

    /// <summary>The whole rest, as text: the body of an error.</summary>
    public async Task<string> ReadTextAsync()
    {
        StringBuilder text = new();
        while (text.Length < LongestError && await ReadAsync().ConfigureAwait(false) is { IsEmpty: false } bytes)
        {
            text.Append(Encoding.UTF8.GetString(bytes.Span));
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _body.Dispose();
        _message.Dispose();
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
    }

    private async ValueTask<int> FillAsync()
    {
        _silence.CancelAfter(_timeout);
        try
        {
            int read = await _body.ReadAsync(_buffer.AsMemory(_end), _silence.Token).ConfigureAwait(false);
            _end += read;
            return read;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            ThrowIfTailIsError();
            throw new ClickHouseException($"{_request.Doing}: the server broke off in the midst of the answer: {e.Message}", isTransient: true, e);
        }
    }

    private async Task<ClickHouseException> ReadErrorAsync(int start)
    {
        StringBuilder text = new(Encoding.UTF8.GetString(_buffer.AsSpan(start, _end - start)));
        try
        {
            while (text.Length < LongestError && await _body.ReadAsync(_buffer, _silence.Token).ConfigureAwait(false) is > 0 and int read)
            {
                text.Append(Encoding.UTF8.GetString(_buffer.AsSpan(0, read)));
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
        {
            // The server ends such an answer by breaking it off; the error is what came before.
        }

        string error = text.ToString();
        int length = error.LastIndexOf($" {_tag}", StringComparison.Ordinal);
        int line = length < 0 ? -1 : error.LastIndexOf('\n', length);
        return ClickHouseException.Parse(line < 0 ? error : error[..line], _request.Doing);
    }

    private void KeepTail(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.Length > TailBytes ? bytes[^TailBytes..] : bytes;
        ReadOnlySpan<byte> before = _tail.AsSpan(Math.Max(0, _tail.Length + bytes.Length - TailBytes));
        _tail = [.. before, .. bytes];
    }

    // A server that announces no tag writes the error's text, ending with its version (since 19) or the C++ error, where the result stops.
    private void ThrowIfTailIsError()
    {
        string tail = Encoding.UTF8.GetString(_tail);
        Match match = ErrorAtEnd().Match(tail);
        if (match.Success)
        {
            throw ClickHouseException.Parse(match.Value, _request.Doing);
        }
    }

    [GeneratedRegex(@"Code: \d{1,6}[.,][^\n]*DB::Exception: .*(?:\(version [0-9][^()]*(?:\([^()]*\))?\)|e\.what\(\) = DB::Exception)\s*\z", RegexOptions.Singleline | RegexOptions.RightToLeft)]
    private static partial Regex ErrorAtEnd();
}
