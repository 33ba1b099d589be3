namespace IotTelemetry.Protocol;

/// <summary>
/// What a gateway says on its telemetry topic, in order with its frames (SPECIFICATION.md, section 5.8): in this epoch no frame below <see cref="NextSequence"/> will come any more,
/// because the cursor has passed them or the outbox has given them up. It is the only way for a frame to follow another than its predecessor.
/// </summary>
/// <param name="Epoch">The outbox epoch, at most 2^53 - 1.</param>
/// <param name="NextSequence">The lowest sequence number that may still come, 1 to 2^53 - 1.</param>
public readonly record struct EpochPosition(ulong Epoch, ulong NextSequence)
{
    /// <summary>Whether a message of the telemetry topic is a position (or a damaged one) rather than a frame: by its first two bytes.</summary>
    public static bool IsPosition(ReadOnlySpan<byte> message) => message.Length >= 2 && message[0] == FrameWire.Magic && message[1] == FrameWire.PositionMagic;

    /// <summary>Reads a position.</summary>
    /// <exception cref="FrameFormatException">It is not a whole, undamaged position of a known version.</exception>
    public static EpochPosition Read(ReadOnlySpan<byte> message)
    {
        ByteReader rest = new(FrameEnvelope.Open(message, FrameWire.PositionMagic));
        ByteReader fields = new(rest.Bytes(rest.Byte()));
        EpochPosition position = new(fields.Varint(), fields.Varint());
        if (!rest.IsEmpty)
        {
            throw new FrameFormatException(RefusalReason.Malformed, "The position is longer than its header.");
        }
        return position.IsAllowed ? position : throw new FrameFormatException(RefusalReason.Invalid, "The position holds an epoch or sequence number that is not allowed.");
    }

    /// <summary>The position's bytes, at most 29.</summary>
    /// <exception cref="InvalidOperationException">The epoch or sequence number is out of bounds.</exception>
    public byte[] Encode()
    {
        if (!IsAllowed)
        {
            throw new InvalidOperationException($"{this} is no position: the epoch is at most {FrameLimits.Sequence}, the sequence number {FrameLimits.FirstSequence} to that.");
        }
        ByteWriter message = new();
        message.Byte(FrameWire.Magic);
        message.Byte(FrameWire.PositionMagic);
        message.Byte(FrameWire.Major);
        message.Byte(FrameWire.Minor);
        message.UInt32(0);
        message.Byte(0);
        message.Varint(Epoch);
        message.Varint(NextSequence);
        message.PatchByte(FrameWire.PrefixBytes, (byte)(message.Length - FrameWire.PrefixBytes - 1));
        message.PatchUInt32(FrameWire.LengthPosition, (uint)(message.Length + FrameWire.ChecksumBytes));
        message.UInt32(Crc32C.Compute(message.Written));
        return message.Written.ToArray();
    }

    private bool IsAllowed => Epoch <= FrameLimits.Sequence && NextSequence is >= FrameLimits.FirstSequence and <= FrameLimits.Sequence;
}
