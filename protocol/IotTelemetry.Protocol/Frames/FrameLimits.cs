namespace IotTelemetry.Protocol;

/// <summary>What a frame may hold at most (SPECIFICATION.md, section 5.1). The decoder checks these before it allocates anything.</summary>
public static class FrameLimits
{
    /// <summary>Bytes of a frame on the wire: 1 MiB.</summary>
    public const int FrameBytes = 1 << 20;

    /// <summary>Bytes of a frame's body after decompression: 4 MiB.</summary>
    public const int BodyBytes = 4 << 20;

    /// <summary>Readings in a frame.</summary>
    public const int Readings = 1 << 16;

    /// <summary>Different texts in a frame.</summary>
    public const int Texts = 4096;

    /// <summary>UTF-8 bytes of one text.</summary>
    public const int TextBytes = 1024;

    /// <summary>The greatest timestamp, in Unix milliseconds: 2^43 - 1, in the year 2248. The least is 0.</summary>
    public const long TimestampMs = (1L << 43) - 1;

    /// <summary>The greatest magnitude of an integer, and of a decimal in units of its last digit: 2^53, up to which a double is exact.</summary>
    public const long Magnitude = 1L << 53;
}
