using System.Globalization;
using System.Text;

namespace IotTelemetry.Protocol;

/// <summary>A topic taken apart, over the bytes it was read from; valid as long as they are. Parsing allocates nothing.</summary>
public readonly ref struct TopicAddress
{
    private TopicAddress(ReadOnlySpan<byte> identity, int siteLength, int partition, TopicKind kind)
    {
        Identity = identity;
        Site = identity[..siteLength];
        Gateway = identity[(siteLength + 1)..];
        Partition = partition;
        Kind = kind;
    }

    /// <summary>The UTF-8 text <c>site/gateway</c>: a key for look-ups that allocate nothing.</summary>
    public ReadOnlySpan<byte> Identity { get; }

    /// <summary>The site's name.</summary>
    public ReadOnlySpan<byte> Site { get; }

    /// <summary>The gateway's name.</summary>
    public ReadOnlySpan<byte> Gateway { get; }

    /// <summary>The partition, 0 to 63; checked to be the one of this gateway.</summary>
    public int Partition { get; }

    /// <summary>What is said on the topic.</summary>
    public TopicKind Kind { get; }

    /// <summary>The identity as an object of its own.</summary>
    public GatewayId ToGatewayId() => new(Encoding.ASCII.GetString(Site), Encoding.ASCII.GetString(Gateway));

    /// <summary>
    /// Takes a topic apart. False for a topic of something else, of another major version, with a bad name or with the partition of another gateway.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8Topic, out TopicAddress address) => TryParse(utf8Topic, out address, out _);

    /// <summary>The same, and says why not.</summary>
    /// <param name="utf8Topic">The topic as it came.</param>
    /// <param name="address">Its parts.</param>
    /// <param name="problem">A sentence, or null when it is valid; a constant, never made per call.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8Topic, out TopicAddress address, out string? problem)
    {
        address = default;
        problem = null;
        ReadOnlySpan<byte> rest = utf8Topic;
        if (!TakeLevel(ref rest).SequenceEqual("iot"u8))
        {
            problem = "The topic does not begin with iot/.";
            return false;
        }
        if (!TakeLevel(ref rest).SequenceEqual("1"u8))
        {
            problem = "The topic's major version is not 1, the only one known here.";
            return false;
        }
        ReadOnlySpan<byte> partitionText = TakeLevel(ref rest);
        ReadOnlySpan<byte> beforeSite = rest;
        ReadOnlySpan<byte> site = TakeLevel(ref rest);
        ReadOnlySpan<byte> gateway = TakeLevel(ref rest);
        if (!NameRules.IsValid(site) || !NameRules.IsValid(gateway))
        {
            problem = "The topic's site or gateway is not a valid name: 1 to 64 of A-Z a-z 0-9 - _ . beginning with a letter or digit, not ending with a dot.";
            return false;
        }
        ReadOnlySpan<byte> identity = beforeSite[..(site.Length + 1 + gateway.Length)];
        int partition = GatewayId.PartitionOf(identity);
        if (!IsPartition(partitionText, partition))
        {
            problem = "The topic's partition is not CRC-32C(site/gateway) mod 64.";
            return false;
        }
        if (KindOf(rest) is not { } kind)
        {
            problem = "The topic's last level is none of telemetry, birth, status, command, result, stored, lockouts.";
            return false;
        }
        address = new TopicAddress(identity, site.Length, partition, kind);
        return true;
    }

    private static bool IsPartition(ReadOnlySpan<byte> text, int partition)
    {
        Span<byte> digits = stackalloc byte[2];
        return partition.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture) && text.SequenceEqual(digits[..length]);
    }

    private static TopicKind? KindOf(ReadOnlySpan<byte> level) =>
        level.SequenceEqual("telemetry"u8) ? TopicKind.Telemetry
        : level.SequenceEqual("birth"u8) ? TopicKind.Birth
        : level.SequenceEqual("status"u8) ? TopicKind.Status
        : level.SequenceEqual("command"u8) ? TopicKind.Command
        : level.SequenceEqual("result"u8) ? TopicKind.Result
        : level.SequenceEqual("stored"u8) ? TopicKind.Stored
        : level.SequenceEqual("lockouts"u8) ? TopicKind.Lockouts
        : null;

    private static ReadOnlySpan<byte> TakeLevel(ref ReadOnlySpan<byte> rest)
    {
        int slash = rest.IndexOf((byte)'/');
        ReadOnlySpan<byte> level = slash < 0 ? rest : rest[..slash];
        rest = slash < 0 ? default : rest[(slash + 1)..];
        return level;
    }
}
