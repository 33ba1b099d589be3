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
    public static FrameHeader Read(ReadOnlySpan<byte> frame) => throw new NotImplementedException();
}
