using System.Buffers.Binary;

namespace IotTelemetry.Protocol;

/// <summary>The header of a frame, readable without its birth and without decoding the rest.</summary>
public readonly record struct FrameHeader
{
    /// <summary>The minor version of the writer; newer ones than this library's are read, and what they add is skipped.</summary>
    public byte MinorVersion { get; init; }

    /// <summary>The outbox epoch.</summary>
    public ulong Epoch { get; init; }

    /// <summary>The sequence number, rising by one per frame within its epoch.</summary>
    public ulong Sequence { get; init; }

    /// <summary>The birth the frame was encoded with.</summary>
    public BirthHash BirthHash { get; init; }

    /// <summary>When the frame was closed, by the gateway's clock, in Unix milliseconds.</summary>
    public long SealedAtMs { get; init; }

    /// <summary>The time of the first reading, in Unix milliseconds; equal to <see cref="SealedAtMs"/> in a frame without readings.</summary>
    public long BaseTimeMs { get; init; }

    /// <summary>What the gateway knew of its clock.</summary>
    public ClockQuality Clock { get; init; }

    /// <summary>How many readings the frame has.</summary>
    public int Readings { get; init; }

    /// <summary>Whether the body is compressed with Brotli.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Reads the header, and checks the whole frame's length and checksum.</summary>
    /// <exception cref="FrameFormatException">It is not a whole, undamaged frame of a known version.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> frame) => Read(frame, out _, out _);

    /// <summary>The same, with the body as it is on the wire and its size once decompressed.</summary>
    internal static FrameHeader Read(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> body, out int bodyBytes)
    {
        RequireWhole(frame);
        ByteReader rest = new(frame[FrameWire.PrefixBytes..^FrameWire.ChecksumBytes]);
        ByteReader fields = new(rest.Bytes(rest.Byte()));
        body = rest.Rest;

        byte flags = fields.Byte();
        byte clock = fields.Byte();
        ulong hash = BinaryPrimitives.ReadUInt64BigEndian(fields.Bytes(FrameWire.HashBytes));
        ulong epoch = fields.Varint();
        ulong sequence = fields.Varint();
        ulong sealedAt = fields.Varint();
        long baseTime = (long)sealedAt - fields.SignedVarint();
        int readings = fields.Count(FrameLimits.Readings, "readings");
        bool isCompressed = (flags & FrameWire.Compressed) != 0;
        bodyBytes = isCompressed ? fields.Count(FrameLimits.BodyBytes, "bytes of body") : body.Length;
        if (clock > (byte)ClockQuality.Unsynchronised || epoch > FrameLimits.Sequence || sequence > FrameLimits.Sequence
            || sealedAt > (ulong)FrameLimits.TimestampMs || baseTime is < 0 or > FrameLimits.TimestampMs)
        {
            throw new FrameFormatException(RefusalReason.Invalid,
                "The frame's header holds a clock quality, epoch, sequence number or time that is not allowed.");
        }
        if (isCompressed && bodyBytes > FrameLimits.FreeBodyBytes + (long)FrameLimits.BodyRatio * body.Length)
        {
            throw new FrameFormatException(RefusalReason.Limit,
                $"The frame declares {bodyBytes} bytes of body in {body.Length}; at most {FrameLimits.BodyRatio} times as many are allowed.");
        }
        return new FrameHeader
        {
            MinorVersion = frame[3],
            Epoch = epoch,
            Sequence = sequence,
            BirthHash = new BirthHash(hash),
            SealedAtMs = (long)sealedAt,
            BaseTimeMs = baseTime,
            Clock = (ClockQuality)clock,
            Readings = readings,
            IsCompressed = isCompressed,
        };
    }

    private static void RequireWhole(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > FrameLimits.FrameBytes)
        {
            throw new FrameFormatException(RefusalReason.Limit, $"The frame has {frame.Length} bytes; {FrameLimits.FrameBytes} are allowed.");
        }
        if (frame.Length < FrameWire.PrefixBytes + 1 + FrameWire.ChecksumBytes)
        {
            throw new FrameFormatException(RefusalReason.Truncated, $"The frame has {frame.Length} bytes, too few for any.");
        }
        if (frame[0] != FrameWire.Magic0 || frame[1] != FrameWire.Magic1)
        {
            throw new FrameFormatException(RefusalReason.NotAFrame, "The message does not begin with 'IT'.");
        }
        if (frame[2] != FrameWire.Major)
        {
            throw new FrameFormatException(RefusalReason.UnknownVersion,
                $"The frame has version {frame[2]}.{frame[3]}; only major version {FrameWire.Major} is known here.");
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(frame[FrameWire.LengthPosition..]);
        if (length != (uint)frame.Length)
        {
            throw new FrameFormatException(length > (uint)frame.Length ? RefusalReason.Truncated : RefusalReason.Length,
                $"The frame says it has {length} bytes, but there are {frame.Length}.");
        }
        ReadOnlySpan<byte> covered = frame[..^FrameWire.ChecksumBytes];
        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(frame[covered.Length..]);
        uint actual = Crc32C.Compute(covered);
        if (declared != actual)
        {
            throw new FrameFormatException(RefusalReason.Checksum, $"The frame's checksum is {declared:x8}, but that of its bytes is {actual:x8}.");
        }
    }
}
