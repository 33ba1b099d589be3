using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace IotTelemetry.Broker.Persistence;

/// <summary>
/// Gathers records in memory. A record is its length (4 bytes), the CRC-32C of its body (4 bytes) and the body; integers are little-endian or
/// variable-length (seven bits a byte). Not thread-safe.
/// </summary>
internal sealed class RecordWriter
{
    public const int HeaderSize = 8;
    private const int LongestInteger = 10;

    private ArrayBufferWriter<byte> _buffer = new(4096);
    private int _recordStart;

    public int Length => _buffer.WrittenCount;

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public RecordWriter Begin(RecordType type)
    {
        _recordStart = _buffer.WrittenCount;
        _buffer.GetSpan(HeaderSize + 1)[HeaderSize] = (byte)type;
        _buffer.Advance(HeaderSize + 1);
        return this;
    }

    public RecordWriter Integer(long value)
    {
        var span = _buffer.GetSpan(LongestInteger);
        var rest = (ulong)value;
        var at = 0;
        while (rest >= 0x80)
        {
            span[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[at++] = (byte)rest;
        _buffer.Advance(at);
        return this;
    }

    public RecordWriter Bytes(ReadOnlySpan<byte> value)
    {
        Integer(value.Length);
        _buffer.Write(value);
        return this;
    }

    public void End()
    {
        var record = MemoryMarshal.AsMemory(_buffer.WrittenMemory)[_recordStart..].Span;
        var body = record[HeaderSize..];
        BinaryPrimitives.WriteInt32LittleEndian(record, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(body));
    }

    /// <summary>Forgets what was written; lets go of memory that a burst has left.</summary>
    public void Clear(int largestKept)
    {
        if (_buffer.Capacity > largestKept)
        {
            _buffer = new ArrayBufferWriter<byte>(4096);
        }
        else
        {
            _buffer.ResetWrittenCount();
        }
    }

    /// <summary>CRC-32C (Castagnoli), which the processor computes.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var single in bytes)
        {
            crc = BitOperations.Crc32C(crc, single);
        }

        return ~crc;
    }
}
