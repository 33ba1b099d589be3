namespace IotTelemetry.Protocol;

/// <summary>The numbers of the frame's layout (SPECIFICATION.md, section 5).</summary>
internal static class FrameWire
{
    public const byte Magic = (byte)'I';

    /// <summary>Second byte of a frame.</summary>
    public const byte FrameMagic = (byte)'T';

    /// <summary>Second byte of a position.</summary>
    public const byte PositionMagic = (byte)'P';
    public const byte Major = 1;
    public const byte Minor = 0;
    public const int LengthPosition = 4;
    public const int PrefixBytes = 8;
    public const int ChecksumBytes = 4;
    public const int HashBytes = 8;

    /// <summary>Flags: the body is compressed with Brotli.</summary>
    public const byte Compressed = 1;

    public const byte Times = 1;
    public const byte Aliases = 2;
    public const byte Qualities = 3;
    public const byte Texts = 4;
    public const byte Values = 5;
}
