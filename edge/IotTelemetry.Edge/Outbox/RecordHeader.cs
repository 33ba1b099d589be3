using System.Buffers.Binary;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// What stands before each frame in a segment, 24 bytes, little-endian: magic (3 bytes), CRC-32C of all that follows it (4), payload length (3), readings in the frame (2),
/// sequence number (6), readings in the epoch up to and with this frame (6). The total makes every record speak for all before it, so counters survive without a file of their own. The
/// least frame has some 60 bytes: a longer header would write more than one and a half bytes to the flash for one of payload.
/// </summary>
internal readonly record struct RecordHeader(int PayloadLength, int Readings, ulong Seq, ulong ReadingsTotal)
{
    public const int Size = 24;

    /// <summary>No frame is longer; a greater length is damage.</summary>
    public const int MaximumPayload = FrameLimits.FrameBytes;

    private const int CrcOffset = 3;
    private const int Checked = 7;

    /// <summary>"REC", so that the next whole record can be found behind a damaged one.</summary>
    public static ReadOnlySpan<byte> Magic => "REC"u8;

    public int RecordLength => Size + PayloadLength;

    /// <summary>Writes the header in front of the payload, which already lies in <paramref name="record"/> behind it.</summary>
    public void Write(Span<byte> record)
    {
        // Fields of odd widths are written longer than they are; the next one covers what is too much.
        Magic.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record[7..], PayloadLength);
        BinaryPrimitives.WriteUInt16LittleEndian(record[10..], checked((ushort)Readings));
        BinaryPrimitives.WriteUInt64LittleEndian(record[12..], Seq);
        BinaryPrimitives.WriteUInt32LittleEndian(record[18..], (uint)ReadingsTotal);
        BinaryPrimitives.WriteUInt16LittleEndian(record[22..], checked((ushort)(ReadingsTotal >> 32)));
        BinaryPrimitives.WriteUInt32LittleEndian(record[CrcOffset..], Crc32C.Compute(record[Checked..RecordLength]));
    }

    /// <summary>Reads the fields without the check; false when they cannot be a record's.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, out RecordHeader record)
    {
        record = default;
        if (header.Length < Size || !header.StartsWith(Magic))
        {
            return false;
        }

        record = new RecordHeader(
            BinaryPrimitives.ReadInt32LittleEndian(header[7..]) & 0xFF_FFFF,
            BinaryPrimitives.ReadUInt16LittleEndian(header[10..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[12..]) & 0xFFFF_FFFF_FFFF,
            BinaryPrimitives.ReadUInt32LittleEndian(header[18..]) | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(header[22..]) << 32));
        return record.PayloadLength <= MaximumPayload;
    }

    /// <summary>Whether a whole record, header and payload, is as it was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[CrcOffset..]) == Crc32C.Compute(record[Checked..]);
}
