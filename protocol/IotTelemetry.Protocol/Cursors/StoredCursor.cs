using System.Buffers;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>
/// What the cloud says on the topic <c>stored</c> (QoS 0, at most one a second): cumulative, so that any one that arrives makes up for those that did not.
/// The gateway deletes frames on this and on nothing else.
/// SPECIFICATION.md, section 6.
/// </summary>
public sealed record StoredCursor
{
    /// <summary>The greatest number of <see cref="Epochs"/>.</summary>
    public const int MaximumEpochs = 64;

    /// <summary>The greatest number of <see cref="Refused"/>: the latest are kept.</summary>
    public const int MaximumRefused = 64;

    /// <summary>The greatest number of <see cref="Rebirth"/>.</summary>
    public const int MaximumRebirths = 16;

    /// <summary>The version of the writer.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Current;

    /// <summary>How far each epoch is stored; an epoch of which nothing is stored yet is absent.</summary>
    public required IReadOnlyList<EpochCursor> Epochs { get; init; }

    /// <summary>Frames refused of late, or null for none. Repeated for some time, so that one lost message hides none.</summary>
    public IReadOnlyList<RefusedFrame>? Refused { get; init; }

    /// <summary>
    /// Births the cloud wants, by hash, because frames name them and it does not know them; null for none. The gateway publishes them on its topic
    /// <c>birth</c>.
    /// </summary>
    public IReadOnlyList<BirthHash>? Rebirth { get; init; }

    /// <summary>
    /// True when the gateway must begin a new epoch: the cloud holds later frames of the live epoch than the gateway's outbox claims to have written (an
    /// outbox restored from a copy).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NewEpoch { get; init; }

    /// <summary>The stored sequence number of an epoch, or null when nothing of it is stored.</summary>
    public ulong? SequenceOf(ulong epoch)
    {
        foreach (EpochCursor cursor in Epochs)
        {
            if (cursor.Epoch == epoch)
            {
                return cursor.Seq;
            }
        }
        return null;
    }

    /// <summary>Writes the message as it goes over the wire.</summary>
    public void Encode(IBufferWriter<byte> output) => MessageJson.Write(output, this, WireJson.Context.StoredCursor);

    /// <summary>The message as it goes over the wire.</summary>
    public byte[] Encode() => MessageJson.Write(this, WireJson.Context.StoredCursor);

    /// <summary>Reads a message and checks everything in it.</summary>
    /// <exception cref="MessageFormatException">It is refused; the reason and the message say why.</exception>
    public static StoredCursor Decode(ReadOnlySpan<byte> payload)
    {
        StoredCursor cursor = MessageJson.Read(payload, WireJson.Context.StoredCursor, "stored cursor");
        MessageJson.RequireCount("epochs", cursor.Epochs, MaximumEpochs);
        MessageJson.RequireCount("refused", cursor.Refused, MaximumRefused);
        MessageJson.RequireCount("rebirth", cursor.Rebirth, MaximumRebirths);
        foreach (EpochCursor epoch in cursor.Epochs)
        {
            MessageJson.RequireIdentity(epoch.Epoch, epoch.Seq);
        }
        foreach (RefusedFrame refused in cursor.Refused ?? [])
        {
            MessageJson.RequireIdentity(refused.Epoch, refused.Seq);
            MessageJson.RequireOptionalText("refused.detail", refused.Detail, 512);
        }
        return cursor;
    }
}
