using System.Buffers;

namespace IotTelemetry.Protocol;

/// <summary>All lockouts of a gateway's assets, on the topic <c>lockouts</c> (QoS 1, retained). Each set replaces the one before as a whole. SPECIFICATION.md, section 7.5.</summary>
public sealed record LockoutSet
{
    /// <summary>The greatest size of an encoded set, in bytes.</summary>
    public const int MaximumBytes = 512 * 1024;

    /// <summary>The greatest number of <see cref="Lockouts"/>.</summary>
    public const int MaximumLockouts = 1024;

    /// <summary>The version of the writer.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.Current;

    /// <summary>Rises strictly from one set of this gateway to the next, 1 to 2^53 - 1.</summary>
    public required long Revision { get; init; }

    /// <summary>The lockouts; an asset that several persons hold is there once for each of them.</summary>
    public required IReadOnlyList<AssetLockout> Lockouts { get; init; }

    /// <summary>Writes the message as it goes over the wire.</summary>
    public void Encode(IBufferWriter<byte> output) => MessageJson.Write(output, this, WireJson.Context.LockoutSet);

    /// <summary>The message as it goes over the wire.</summary>
    public byte[] Encode() => MessageJson.Write(this, WireJson.Context.LockoutSet);

    /// <summary>Reads a message and checks everything in it.</summary>
    /// <exception cref="MessageFormatException">It is refused; the reason and the message say why.</exception>
    public static LockoutSet Decode(ReadOnlySpan<byte> payload)
    {
        LockoutSet set = MessageJson.Read(payload, WireJson.Context.LockoutSet, "set of lockouts", MaximumBytes);
        MessageJson.RequireRevision("revision", set.Revision);
        MessageJson.RequireCount("lockouts", set.Lockouts, MaximumLockouts);
        HashSet<(string Asset, string Holder)> seen = new(set.Lockouts.Count);
        foreach (AssetLockout lockout in set.Lockouts)
        {
            Check(lockout);
            if (!seen.Add((lockout.Asset, lockout.Holder)))
            {
                throw new MessageFormatException(RefusalReason.Invalid, $"'{lockout.Holder}' holds asset '{lockout.Asset}' twice.");
            }
        }
        return set;
    }

    private static void Check(AssetLockout lockout)
    {
        MessageJson.RequireName("lockouts.asset", lockout.Asset);
        MessageJson.RequireText("lockouts.holder", lockout.Holder, 128);
        MessageJson.RequireText("lockouts.reason", lockout.Reason, 256);
        MessageJson.RequireTime("lockouts.sinceMs", lockout.SinceMs);
        MessageJson.RequireTime("lockouts.untilMs", lockout.UntilMs ?? 0);
        if (lockout.UntilMs <= lockout.SinceMs)
        {
            throw new MessageFormatException(RefusalReason.Invalid, $"untilMs of the lockout of '{lockout.Asset}' is not after its sinceMs.");
        }
    }
}
