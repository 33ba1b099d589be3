using System.Buffers;

namespace IotTelemetry.Protocol;

/// <summary>
/// A request to set a point, on the topic <c>command</c> (QoS 1, never retained, MQTT 5 message expiry = remaining life). SPECIFICATION.md, section 7.2.
/// </summary>
public sealed record Command
{
    /// <summary>The longest <see cref="LifeMs"/>, in milliseconds: one day.</summary>
    public const long MaximumLifeMs = 86_400_000;

    /// <summary>The version of the writer.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Current;

    /// <summary>A UUIDv7 (RFC 9562). The phases of one select-before-operate share it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The phase.</summary>
    public required CommandPhase Phase { get; init; }

    /// <summary>The name of the asset.</summary>
    public required string Asset { get; init; }

    /// <summary>The name of the point.</summary>
    public required string Point { get; init; }

    /// <summary>The value to set; absent only in a cancel.</summary>
    public PointValue? Value { get; init; }

    /// <summary>The point must have this value now, or the command is rejected; null for no guard.</summary>
    public PointValue? Expected { get; init; }

    /// <summary>Who wants it, at most 128 characters.</summary>
    public required string Author { get; init; }

    /// <summary>Why, for the audit, at most 512 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was issued, by the cloud's clock, in Unix milliseconds.</summary>
    public required long IssuedMs { get; init; }

    /// <summary>From when on it must not be carried out, by the cloud's clock, in Unix milliseconds; after <see cref="IssuedMs"/>.</summary>
    public required long ExpiresMs { get; init; }

    /// <summary>
    /// The life that was left when this message was published, in milliseconds, at most a day. A gateway with an unsynchronised clock accepts only
    /// commands that carry it and counts it from the arrival on its
    /// monotonic clock; it bounds the delay at the gateway and, with MQTT 5, the broker's message expiry bounds the delay before.
    /// </summary>
    public long? LifeMs { get; init; }

    /// <summary>Writes the message as it goes over the wire.</summary>
    public void Encode(IBufferWriter<byte> output) => MessageJson.Write(output, this, WireJson.Context.Command);

    /// <summary>The message as it goes over the wire.</summary>
    public byte[] Encode() => MessageJson.Write(this, WireJson.Context.Command);

    /// <summary>Reads a message and checks everything in it that can be checked without the gateway.</summary>
    /// <exception cref="MessageFormatException">It is refused; the reason and the message say why.</exception>
    public static Command Decode(ReadOnlySpan<byte> payload)
    {
        Command command = MessageJson.Read(payload, WireJson.Context.Command, "command");
        CommandRules.RequireId(command.Id);
        MessageJson.RequireName("asset", command.Asset);
        MessageJson.RequireName("point", command.Point);
        MessageJson.RequireText("author", command.Author, 128);
        MessageJson.RequireText("reason", command.Reason, 512);
        MessageJson.RequireTime("issuedMs", command.IssuedMs);
        MessageJson.RequireTime("expiresMs", command.ExpiresMs);
        CommandRules.RequireValue(command.Value);
        CommandRules.RequireValue(command.Expected);
        if (command.ExpiresMs <= command.IssuedMs)
        {
            throw new MessageFormatException(RefusalReason.Invalid, "expiresMs is not after issuedMs.");
        }
        if (command.LifeMs is < 0 or > MaximumLifeMs)
        {
            throw new MessageFormatException(RefusalReason.Invalid, "lifeMs is outside 0 to 86400000, one day.");
        }
        if (command.Value is null && command.Phase != CommandPhase.Cancel)
        {
            throw new MessageFormatException(RefusalReason.Malformed, "value is missing; only a cancel has none.");
        }
        return command;
    }
}
