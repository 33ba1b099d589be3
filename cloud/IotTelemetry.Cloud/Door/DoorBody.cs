using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using IotTelemetry.Cloud.Door.Statements;

namespace IotTelemetry.Cloud.Door;

/// <summary>The body of a request, uncompressed: the statement or its end, or the rows of an INSERT, which are not read before there is a place for them.</summary>
internal sealed class DoorBody : IAsyncDisposable
{
    /// <summary>The longest statement.</summary>
    public const int LongestStatement = 4 << 20;

    // An INSERT's head must end within this.
    private const int LongestHead = 64 << 10;
    private readonly Stream? _decompressing;
    private string _text = "";

    private DoorBody(PipeReader rest, Stream? decompressing)
    {
        Rest = rest;
        _decompressing = decompressing;
    }

    /// <summary>What was not read yet.</summary>
    public PipeReader Rest { get; }

    /// <summary>The bytes of an INSERT that were read with its head.</summary>
    public ReadOnlyMemory<byte> First { get; private set; }

    /// <summary>Opens the body by its Content-Encoding.</summary>
    /// <exception cref="QueryRefusedException">The encoding is unknown.</exception>
    public static DoorBody Open(HttpRequest request)
    {
        Stream? decompressing = request.Headers.ContentEncoding.ToString().ToLowerInvariant() switch
        {
            "" or "identity" => null,
            "gzip" or "x-gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress),
            "br" => new BrotliStream(request.Body, CompressionMode.Decompress),
            var other => throw new QueryRefusedException(48, "NOT_IMPLEMENTED", $"Unknown Content-Encoding {other}; known are gzip, deflate and br"),
        };
        return new DoorBody(decompressing is null ? request.BodyReader : PipeReader.Create(decompressing), decompressing);
    }

    /// <summary>Reads the begin of the statement.</summary>
    /// <param name="query">What the address has of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The statement, trimmed; of an INSERT, only a part with its head.</returns>
    public async Task<string> ReadAsync(string query, CancellationToken cancellationToken)
    {
        string before = query.Length > 0 ? query + "\n" : "";
        ReadResult read = await Rest.ReadAtLeastAsync(LongestHead, cancellationToken);
        if (IsInsert(before.Length > 0 ? before : Encoding.UTF8.GetString(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, LongestHead)))))
        {
            // What the head does not take goes to the rows, byte by byte as it came.
            First = (byte[])[.. Encoding.UTF8.GetBytes(before), .. read.Buffer.ToArray()];
            _text = Encoding.UTF8.GetString(First.Span[..Math.Min(First.Length, LongestHead)]);
            Rest.AdvanceTo(read.Buffer.End);
            return _text;
        }

        while (!read.IsCompleted && read.Buffer.Length <= LongestStatement)
        {
            Rest.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await Rest.ReadAsync(cancellationToken);
        }

        string body = read.Buffer.Length <= LongestStatement
            ? Encoding.UTF8.GetString(read.Buffer)
            : throw new QueryRefusedException(229, "QUERY_IS_TOO_LARGE", $"Query is too large: more than {LongestStatement} bytes");
        Rest.AdvanceTo(read.Buffer.End);
        return body.Length > 0 ? before + body : query;
    }

    /// <summary>Takes an INSERT's head off <see cref="First"/>.</summary>
    public void TakeHead(int characters) => First = First[Encoding.UTF8.GetByteCount(_text.AsSpan(0, characters))..];

    public async ValueTask DisposeAsync()
    {
        if (_decompressing is not null)
        {
            await Rest.CompleteAsync();
            await _decompressing.DisposeAsync();
        }
    }

    private static bool IsInsert(string text)
    {
        try
        {
            return ClickHouse.Sql.SqlLexer.Read(text).FirstOrDefault() is { Value: not null } first && first.IsWord("INSERT");
        }
        catch (ClickHouse.ClickHouseException)
        {
            return false; // No statement at all; it is refused as such.
        }
    }
}
