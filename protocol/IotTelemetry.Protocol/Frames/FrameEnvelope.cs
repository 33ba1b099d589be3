using System.Buffers.Binary;

namespace IotTelemetry.Protocol;

/// <summary>What frames and positions have around them: magic, version, length and checksum (SPECIFICATION.md, sections 5 and 5.8).</summary>
internal static class FrameEnvelope
{
    /// <summary>Checks all of it.</summary>
    /// <param name="message">The whole message as it came.</param>
    /// <param name="magic">Which of the two it has to be: <see cref="FrameWire.FrameMagic"/> or <see cref="FrameWire.PositionMagic"/>.</param>
    /// <returns>What is inside.</returns>
    /// <exception cref="FrameFormatException">It is not a whole, undamaged message of that kind and a known version.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> message, byte magic)
    {
        if (message.Length > FrameLimits.FrameBytes)
        {
            throw new FrameFormatException(RefusalReason.Limit, $"The frame has {message.Length} bytes; {FrameLimits.FrameBytes} are allowed.");
        }
        if (message.Length < FrameWire.PrefixBytes + 1 + FrameWire.ChecksumBytes)
        {
            throw new FrameFormatException(RefusalReason.Truncated, $"The frame has {message.Length} bytes, too few for any.");
        }
        if (message[0] != FrameWire.Magic || message[1] != magic)
        {
            throw new FrameFormatException(RefusalReason.NotAFrame, $"The message does not begin with 'I{(char)magic}'.");
        }
        if (message[2] != FrameWire.Major)
        {
            throw new FrameFormatException(RefusalReason.UnknownVersion,
                $"The frame has version {message[2]}.{message[3]}; only major version {FrameWire.Major} is known here.");
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(message[FrameWire.LengthPosition..]);
        if (length != (uint)message.Length)
        {
            throw new FrameFormatException(length > (uint)message.Length ? RefusalReason.Truncated : RefusalReason.Length,
                $"The frame says it has {length} bytes, but there are {message.Length}.");
        }
        ReadOnlySpan<byte> covered = message[..^FrameWire.ChecksumBytes];
        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(message[covered.Length..]);
        uint actual = Crc32C.Compute(covered);
        if (declared != actual)
        {
            throw new FrameFormatException(RefusalReason.Checksum, $"The frame's checksum is {declared:x8}, but that of its bytes is {actual:x8}.");
        }
        return covered[FrameWire.PrefixBytes..];
    }
}
