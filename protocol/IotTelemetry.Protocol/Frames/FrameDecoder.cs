using System.IO.Compression;

namespace IotTelemetry.Protocol;

/// <summary>
/// Decodes frames into columns. Keeps its working memory from frame to frame and allocates nothing once it has grown (without Brotli). Not thread-safe.
/// </summary>
public sealed class FrameDecoder
{
    private readonly FrameReader _reader = new();
    private byte[] _body = [];

    /// <summary>Decodes a frame.</summary>
    /// <param name="frame">The whole frame as it came.</param>
    /// <param name="birth">The birth that the frame's header names.</param>
    /// <param name="columns">Filled with the readings; after an exception its <see cref="FrameColumns.Count"/> is 0.</param>
    /// <exception cref="FrameFormatException">The frame is refused; the reason and the message say why.</exception>
    public void Decode(ReadOnlySpan<byte> frame, Birth birth, FrameColumns columns)
    {
        ArgumentNullException.ThrowIfNull(birth);
        ArgumentNullException.ThrowIfNull(columns);
        columns.Reserve(0);
        FrameHeader header = FrameHeader.Read(frame, out ReadOnlySpan<byte> body, out int bodyBytes);
        columns.Header = header;
        if (header.BirthHash != birth.Hash)
        {
            throw new FrameFormatException(RefusalReason.UnknownBirth, $"The frame was encoded with birth {header.BirthHash}, not with {birth.Hash}.");
        }
        if (header.IsCompressed)
        {
            body = Decompress(body, bodyBytes);
        }
        columns.Reserve(header.Readings);
        _reader.Read(header, body, birth.Layout, columns);
        columns.Count = header.Readings;
    }

    private ReadOnlySpan<byte> Decompress(ReadOnlySpan<byte> compressed, int bodyBytes)
    {
        if (_body.Length < bodyBytes)
        {
            _body = new byte[Math.Max(bodyBytes, Math.Min(2 * _body.Length, FrameLimits.BodyBytes))];
        }
        if (!BrotliDecoder.TryDecompress(compressed, _body.AsSpan(0, bodyBytes), out int written) || written != bodyBytes)
        {
            throw new FrameFormatException(RefusalReason.Malformed, $"The frame's body is not {bodyBytes} bytes compressed with Brotli.");
        }
        return _body.AsSpan(0, bodyBytes);
    }
}
