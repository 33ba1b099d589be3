namespace IotTelemetry.Cloud.Commands;

/// <summary>
/// The ids under which a command is sent. A gateway carries an id out once at most, and remembers the ids that it was asked about in vain (SPECIFICATION.md, section 7.2); so what is sent anew after
/// such a proof needs an id of its own. It is the command's with the number of the sending as its last byte, which is 0 in the command's own id.
/// </summary>
internal static class SendingId
{
    /// <summary>The last sending there can be.</summary>
    public const int Last = byte.MaxValue;

    private const int Byte = 15;

    /// <summary>The id of a new command, a UUIDv7 that ends with a zero byte.</summary>
    public static Guid NewCommand(DateTimeOffset now) => With(Guid.CreateVersion7(now), 0);

    /// <summary>The id of a sending, from 0 to <see cref="Last"/>.</summary>
    public static Guid Of(Guid command, int sending) => With(command, checked((byte)sending));

    /// <summary>Which sending of which command has an id.</summary>
    public static (Guid Command, int Sending) Parse(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return (With(id, 0), bytes[Byte]);
    }

    private static Guid With(Guid id, byte last)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        bytes[Byte] = last;
        return new Guid(bytes);
    }
}
