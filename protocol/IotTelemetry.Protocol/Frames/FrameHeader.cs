using System.Buffers.Binary;

namespace IotTelemetry.Protocol;

/// <summary>The header of a frame, readable without its birth and without decoding the rest.</summary>
public readonly record struct FrameHeader
{
    /// <summary>The minor version of the writer; newer ones than this library's are read, and what they add is skipped.</summary>
    public byte MinorVersion { get; init; }

    /// <summary>The outbox epoch.</summary>
    public ulong Epoch { get; init; }

    /// <summary>The sequence number, from <see cref="FrameLimits.FirstSequence"/> rising by one per frame within its epoch.</summary>
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
    /// <exception cref="FrameFormatException">It is not a whole, undamaged frame of a known version; an <see cref="EpochPosition"/> is none.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> frame) => Read(frame, out _, out _);

    /// <summary>The same, with the body as it is on the wire and its size once decompressed.</summary>
    internal static FrameHeader Read(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> body, out int bodyBytes)
    {
        ByteReader rest = new(FrameEnvelope.Open(frame, FrameWire.FrameMagic));
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
        if (clock > (byte)ClockQuality.Unsynchronised || epoch > FrameLimits.Sequence || sequence is < FrameLimits.FirstSequence or > FrameLimits.Sequence
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
}
