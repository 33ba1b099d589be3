using System.Buffers;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <summary>
/// Received bytes not yet read as packets. Many packets are read per socket call. A packet larger than the buffer makes it grow, but only as its bytes arrive:
/// a header that promises much costs nothing. Not thread-safe.
/// </summary>
internal sealed class ReceiveBuffer(int maximumPacketSize) : IDisposable
{
    private const int UsualSize = 64 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualSize);
    private int _start;
    private int _end;

    /// <summary>Takes the next packet; its body is valid until <see cref="GetFreeSpace"/>.</summary>
    /// <exception cref="MqttProtocolException">The packet is malformed or too large.</exception>
    public bool TryRead(out MqttFixedHeader header, out ReadOnlyMemory<byte> body)
    {
        var available = _end - _start;
        if (!MqttPacketReader.TryReadHeader(_bytes.AsSpan(_start, available), maximumPacketSize, out header) || header.PacketLength > available)
        {
            body = default;
            return false;
        }

        body = _bytes.AsMemory(_start + header.HeaderLength, header.BodyLength);
        _start += header.PacketLength;
        return true;
    }

    /// <summary>Room for the next receive, at least one byte.</summary>
    public Memory<byte> GetFreeSpace()
    {
        var kept = _end - _start;
        if (kept == 0 && _bytes.Length > 4 * UsualSize)
        {
            Replace(UsualSize, 0);
        }
        else if (_bytes.Length - kept < _bytes.Length / 4)
        {
            Replace(_bytes.Length * 2, kept);
        }
        else if (_start > 0)
        {
            _bytes.AsSpan(_start, kept).CopyTo(_bytes);
            _start = 0;
            _end = kept;
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>Counts in what has been received.</summary>
    public void Advance(int count) => _end += count;

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        _start = _end = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Replace(int size, int kept)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _bytes.AsSpan(_start, kept).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
        _start = 0;
        _end = kept;
    }
}
