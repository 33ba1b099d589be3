using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using IotTelemetry.ClickHouse;
using Microsoft.AspNetCore.WebUtilities;

namespace IotTelemetry.Cloud.Door.Answers;

/// <summary>
/// The answer to one statement, as the writer of its result. It begins late: the first bytes are held back, so that a statement that fails before it has given more
/// gets an honest status; with <c>wait_end_of_query</c> everything is, in memory and then in a temporary file. After that an error goes behind the bytes already sent, marked as
/// ClickHouse marks it, and the connection is broken, so that no client takes the part for the whole.
/// </summary>
internal sealed class DoorAnswer : IAsyncDisposable
{
    // What begins with the answer anyway: below this the whole answer goes out at once, with its length.
    private const int HeldBytes = 64 << 10;
    private const int WaitingBytesInMemory = 4 << 20;
    private readonly HttpContext _context;
    private readonly ContentTypes _types;
    private readonly string _queryId;
    private readonly string _tag = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", 16);
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly string? _encoding;
    private readonly FileBufferingWriteStream? _waiting;
    private Stream? _compressing;
    private bool _begun;

    public DoorAnswer(HttpContext context, ContentTypes types, DoorRequest request)
    {
        _context = context;
        _types = types;
        _queryId = request.QueryId;
        _encoding = request.Compress ? EncodingOf(context.Request.Headers.AcceptEncoding.ToString()) : null;
        _waiting = request.WaitForEnd ? new FileBufferingWriteStream(WaitingBytesInMemory) : null;
        Output = _waiting is null ? new HeldWriter(HeldBytes, BeginAsync) : PipeWriter.Create(_waiting, new StreamPipeWriterOptions(leaveOpen: true, minimumBufferSize: HeldBytes));
    }

    /// <summary>Where the result goes.</summary>
    public PipeWriter Output { get; }

    /// <summary>Format of the result, when it has one.</summary>
    public string? Format { get; set; }

    /// <summary>How far the statement was when it was last asked.</summary>
    public StatementProgress Progress { get; private set; }

    /// <summary>Adds a header that tells the progress; until the answer begins.</summary>
    public void Tell(StatementProgress progress)
    {
        Progress = progress;
        if (!_begun)
        {
            _context.Response.Headers.Append("X-ClickHouse-Progress", AnswerHeaders.Counters(default, progress, Stopwatch.GetElapsedTime(_start)));
        }
    }

    /// <summary>The statement has succeeded and everything is written: sends what was held back.</summary>
    public async Task FinishAsync(StatementSummary summary)
    {
        if (!_begun)
        {
            _context.Response.Headers["X-ClickHouse-Summary"] = AnswerHeaders.Counters(summary, Progress, Stopwatch.GetElapsedTime(_start));
        }

        if (_waiting is not null)
        {
            await Output.FlushAsync(_context.RequestAborted);
            PipeWriter target = await BeginAsync();
            await _waiting.DrainBufferAsync(target.AsStream(leaveOpen: true), _context.RequestAborted);
            await target.FlushAsync(_context.RequestAborted);
        }
        else
        {
            await ((HeldWriter)Output).EndAsync();
        }

        if (_compressing is not null)
        {
            await _compressing.DisposeAsync();
        }
    }

    /// <summary>The statement has failed.</summary>
    /// <exception cref="AnswerBrokenException">The answer had begun; it is broken off by letting this pass to the server.</exception>
    public async Task FailAsync(int code, string text)
    {
        if (_begun)
        {
            await EndWithErrorAsync(text);
            return;
        }

        HttpResponse response = _context.Response;
        response.StatusCode = HttpErrors.StatusOf(code);
        response.ContentType = "text/plain; charset=UTF-8";
        response.Headers["X-ClickHouse-Exception-Code"] = code.ToString(CultureInfo.InvariantCulture);
        if (response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Basic realm=\"ClickHouse server HTTP API\"";
        }

        SetHeaders();
        await response.WriteAsync(text + "\n", _context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        if (_waiting is not null)
        {
            await _waiting.DisposeAsync();
        }
        else
        {
            ((HeldWriter)Output).Dispose();
        }
    }

    private static string? EncodingOf(string accepted)
    {
        // In ClickHouse's order of preference.
        string[] names = [.. accepted.Split(',').Where(part => !part.Contains("q=0", StringComparison.Ordinal) || part.Contains("q=0.", StringComparison.Ordinal)).Select(part => part.Split(';')[0].Trim().ToLowerInvariant())];
        return ((string[])["br", "gzip", "deflate"]).FirstOrDefault(names.Contains);
    }

    private void SetHeaders()
    {
        IHeaderDictionary headers = _context.Response.Headers;
        headers["X-ClickHouse-Server-Display-Name"] = Environment.MachineName;
        headers["X-ClickHouse-Query-Id"] = _queryId;
        headers["X-ClickHouse-Timezone"] = "UTC";
        if (Format is not null)
        {
            headers["X-ClickHouse-Format"] = _types.NameOf(Format);
        }
    }

    private ValueTask<PipeWriter> BeginAsync()
    {
        _begun = true;
        SetHeaders();
        HttpResponse response = _context.Response;
        response.ContentType = Format is null ? "text/plain; charset=UTF-8" : _types.Of(Format);
        response.Headers["X-ClickHouse-Exception-Tag"] = _tag;
        if (_encoding is null)
        {
            return new(response.BodyWriter);
        }

        response.Headers.ContentEncoding = _encoding;
        _compressing = _encoding switch
        {
            "br" => new BrotliStream(response.Body, CompressionLevel.Fastest, leaveOpen: true),
            "gzip" => new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true),
            _ => new ZLibStream(response.Body, CompressionLevel.Fastest, leaveOpen: true),
        };
        return new(PipeWriter.Create(_compressing, new StreamPipeWriterOptions(leaveOpen: true)));
    }

    // ClickHouse 25.11 and later: a tag that the headers announced, so that no result can look like an error.
    private async Task EndWithErrorAsync(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text) + 1;
        string end = string.Create(CultureInfo.InvariantCulture, $"\r\n__exception__\r\n{_tag}\r\n{text}\n{length} {_tag}\r\n__exception__\r\n");
        byte[] bytes = Encoding.UTF8.GetBytes(end);
        Stream body = _compressing ?? _context.Response.Body;
        await body.WriteAsync(bytes, _context.RequestAborted);
        await body.FlushAsync(_context.RequestAborted);
        await _context.Response.Body.FlushAsync(_context.RequestAborted);

        // Kestrel ends an answer that throws without its end mark, but sends first what was written; Abort would drop that.
        throw new AnswerBrokenException();
    }
}
