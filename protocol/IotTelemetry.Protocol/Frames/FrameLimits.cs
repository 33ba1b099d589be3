namespace IotTelemetry.Protocol;

/// <summary>What a frame may hold at most (SPECIFICATION.md, section 5.1). The decoder checks these before it allocates anything.</summary>
public static class FrameLimits
{
    /// <summary>Bytes of a frame on the wire: 1 MiB.</summary>
    public const int FrameBytes = 1 << 20;

    /// <summary>Bytes of a frame's body after decompression: 4 MiB.</summary>
    public const int BodyBytes = 4 << 20;

    /// <summary>The greatest ratio of a body to its compressed size, beyond the first <see cref="FreeBodyBytes"/>.</summary>
    public const int BodyRatio = 100;

    /// <summary>Bytes of a body that a compressed frame may declare whatever its own size.</summary>
    public const int FreeBodyBytes = 4096;

    /// <summary>Readings in a frame.</summary>
    public const int Readings = 1 << 15;

    /// <summary>Different texts in a frame.</summary>
    public const int Texts = 4096;

    /// <summary>UTF-8 bytes of all texts of a frame together: 128 KiB.</summary>
    public const int DictionaryBytes = 128 << 10;

    /// <summary>UTF-8 bytes of one text.</summary>
    public const int TextBytes = 1024;

    /// <summary>The sequence number of the first frame of every epoch.</summary>
    public const ulong FirstSequence = 1;

    /// <summary>The greatest epoch and sequence number: 2^53 - 1, so that every JSON reader keeps them exact.</summary>
    public const ulong Sequence = (1UL << 53) - 1;

    /// <summary>The greatest timestamp, in Unix milliseconds: 2^43 - 1, in the year 2248. The least is 0.</summary>
    public const long TimestampMs = (1L << 43) - 1;

    /// <summary>The greatest magnitude of an integer, and of a decimal in units of its last digit: 2^53, up to which a double is exact.</summary>
    public const long Magnitude = 1L << 53;
}
