using System.Buffers.Binary;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Outbox;

/// <summary>
/// What stands before each frame in a segment, 40 bytes, little-endian: magic, CRC-32C of all that follows it, payload length, readings in the frame, sequence
/// number, readings in the epoch up to and with this frame, newest timestamp up to and with this frame. The totals make every record speak for all before it, so counters
/// survive without a file of their own.
/// </summary>
internal readonly record struct RecordHeader(int PayloadLength, int Readings, ulong Seq, ulong ReadingsTotal, long NewestTimestampMs)
{
    public const int Size = 40;

    /// <summary>No frame is longer; a greater length is damage.</summary>
    public const int MaximumPayload = 1024 * 1024;

    private const int CrcOffset = 4;
    private const int Checked = 8;

    /// <summary>"RECD", so that the next whole record can be found behind a damaged one.</summary>
    public static ReadOnlySpan<byte> Magic => "RECD"u8;

    public int RecordLength => Size + PayloadLength;

    /// <summary>Writes the header in front of the payload, which already lies in <paramref name="record"/> behind it.</summary>
    public void Write(Span<byte> record)
    {
        Magic.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], PayloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], Readings);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], Seq);
        BinaryPrimitives.WriteUInt64LittleEndian(record[24..], ReadingsTotal);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], NewestTimestampMs);
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
            BinaryPrimitives.ReadInt32LittleEndian(header[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(header[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]));
        return record.PayloadLength is >= 0 and <= MaximumPayload;
    }

    /// <summary>Whether a whole record, header and payload, is as it was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadUInt32LittleEndian(record[CrcOffset..]) == Crc32C.Compute(record[Checked..]);
}
