using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace IotTelemetry.ClickHouse.Server;

/// <summary>One statement as HTTP: what goes into the address, the headers and the body. The same every time it is sent.</summary>
internal sealed class ServerRequest : IDisposable
{
    private const int CompressFromBytes = 16 << 10;
    private readonly List<KeyValuePair<string, string>> _query = [];
    private readonly PooledBuffer? _owned;
    private readonly ReadOnlyMemory<byte> _body;
    private PooledBuffer? _compressed;

    private ServerRequest(string doing, ReadOnlyMemory<byte> body, PooledBuffer? owned)
    {
        Doing = Statement.Doing(doing);
        _body = body;
        _owned = owned;
        _query.Add(new("query_id", QueryId));
    }

    /// <summary>By this the server knows the statement, so that it can be killed.</summary>
    public string QueryId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>For error messages.</summary>
    public string Doing { get; }

    /// <summary>A statement in the body.</summary>
    public static ServerRequest ForStatement(string sql, string? format, ClickHouseParameters? parameters, bool waitForEnd)
    {
        ServerRequest request = new(sql, Encoding.UTF8.GetBytes(sql), null);
        if (format is not null)
        {
            request._query.Add(new("default_format", format));
        }

        foreach ((string name, string value) in parameters?.Values ?? [])
        {
            request._query.Add(new($"param_{name}", value));
        }

        return waitForEnd ? request.WaitForEnd() : request;
    }

    /// <summary>An INSERT in the address, its rows in the body.</summary>
    public static ServerRequest ForInsert(string into, string format, ReadOnlyMemory<byte> rows, PooledBuffer? owned, string? deduplicationToken)
    {
        string sql = $"{Statement.Insert(into, null)} FORMAT {format}";
        ServerRequest request = new(sql, rows, owned);
        request._query.Add(new("query", sql));
        if (deduplicationToken is not null)
        {
            request._query.Add(new("insert_deduplication_token", deduplicationToken));
            request._query.Add(new(Statement.ViewsOnRepeat, "1"));
        }

        return request.WaitForEnd();
    }

    public void AddSettings(IReadOnlyDictionary<string, string>? settings)
    {
        foreach ((string name, string value) in settings ?? new Dictionary<string, string>())
        {
            _query.Add(new(name, value));
        }
    }

    /// <summary>The message for one attempt.</summary>
    public HttpRequestMessage ToMessage(Uri endpoint, ServerEngineOptions options)
    {
        bool pays = options.Compression == ServerCompression.Always || (options.Compression == ServerCompression.WhenItPays && !endpoint.IsLoopback);
        StringBuilder address = new(endpoint.GetLeftPart(UriPartial.Path));
        char separator = '?';
        foreach ((string name, string value) in _query)
        {
            address.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        if (pays)
        {
            address.Append("&enable_http_compression=1");
        }

        HttpRequestMessage message = new(HttpMethod.Post, address.ToString());
        if (pays)
        {
            message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        }

        if (pays && (_body.Length >= CompressFromBytes || options.Compression == ServerCompression.Always))
        {
            message.Content = new ReadOnlyMemoryContent(Compressed());
            message.Content.Headers.ContentEncoding.Add("gzip");
        }
        else
        {
            message.Content = new ReadOnlyMemoryContent(_body);
        }

        return message;
    }

    public void Dispose()
    {
        _owned?.Dispose();
        _compressed?.Dispose();
    }

    // Only then does the status tell whether the statement succeeded.
    private ServerRequest WaitForEnd()
    {
        _query.Add(new("wait_end_of_query", "1"));
        return this;
    }

    private ReadOnlyMemory<byte> Compressed()
    {
        if (_compressed is null)
        {
            _compressed = new PooledBuffer();
            using GZipStream gzip = new(_compressed, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(_body.Span);
        }

        return _compressed.Written;
    }
}
