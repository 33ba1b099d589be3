using System.Buffers.Binary;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Outbox;

/// <summary>The first 36 bytes of a segment: magic with the format's version, epoch, first sequence number, readings in the epoch before it, CRC-32C; little-endian.</summary>
internal readonly record struct SegmentHeader(ulong Epoch, ulong FirstSeq, ulong ReadingsBefore)
{
    public const int Size = 36;

    private const int CrcOffset = 32;

    private static ReadOnlySpan<byte> Magic => "IOTSEG2\n"u8;

    public void Write(Span<byte> header)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], FirstSeq);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], ReadingsBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(header[CrcOffset..], Crc32C.Compute(header[..CrcOffset]));
    }

    public static bool TryRead(ReadOnlySpan<byte> header, out SegmentHeader segment)
    {
        segment = default;
        if (header.Length < Size || !header.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(header[CrcOffset..]) != Crc32C.Compute(header[..CrcOffset]))
        {
            return false;
        }

        segment = new SegmentHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(header[8..]), BinaryPrimitives.ReadUInt64LittleEndian(header[16..]), BinaryPrimitives.ReadUInt64LittleEndian(header[24..]));
        return true;
    }
}
