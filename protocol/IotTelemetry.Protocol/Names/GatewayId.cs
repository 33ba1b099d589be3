using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>The identity of a gateway, written <c>site/gateway</c>. Both names obey <see cref="NameRules"/>. Immutable; equality is ordinal.</summary>
[JsonConverter(typeof(GatewayIdConverter))]
public sealed record GatewayId
{
    /// <summary>The number of partitions that telemetry topics are spread over.</summary>
    public const int Partitions = 64;

    /// <summary>An identity of two valid names.</summary>
    /// <exception cref="ArgumentException">A name breaks <see cref="NameRules"/>; the message says which and why.</exception>
    public GatewayId(string site, string gateway)
    {
        Site = NameRules.Require(site, "site");
        Gateway = NameRules.Require(gateway, "gateway");
        Partition = PartitionOf(site, gateway);
    }

    /// <summary>The place the gateway is at.</summary>
    public string Site { get; }

    /// <summary>The gateway's name, unique at its site.</summary>
    public string Gateway { get; }

    /// <summary>CRC-32C of the UTF-8 text <c>site/gateway</c> modulo 64: 0 to 63 (SPECIFICATION.md, section 3).</summary>
    public int Partition { get; }

    /// <summary>Reads <c>site/gateway</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The identity, when valid.</param>
    /// <param name="problem">Why it is not valid, as a sentence.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out GatewayId? id, [NotNullWhen(false)] out string? problem)
    {
        id = null;
        problem = null;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || slash < 0)
        {
            problem = "A gateway identity is written site/gateway.";
            return false;
        }
        ReadOnlySpan<char> site = text.AsSpan(0, slash);
        ReadOnlySpan<char> gateway = text.AsSpan(slash + 1);
        if (!NameRules.IsValid(site, out string? fault))
        {
            problem = $"The site of '{text}' {fault}.";
        }
        else if (!NameRules.IsValid(gateway, out fault))
        {
            problem = $"The gateway of '{text}' {fault}.";
        }
        else
        {
            id = new GatewayId(site.ToString(), gateway.ToString());
        }
        return problem is null;
    }

    /// <summary><c>site/gateway</c>.</summary>
    public override string ToString() => $"{Site}/{Gateway}";

    internal static int PartitionOf(ReadOnlySpan<byte> identity) => (int)(Crc32C.Compute(identity) % Partitions);

    private static int PartitionOf(string site, string gateway)
    {
        Span<byte> identity = stackalloc byte[2 * NameRules.MaximumLength + 1];
        int length = Encoding.ASCII.GetBytes(site, identity);
        identity[length++] = (byte)'/';
        length += Encoding.ASCII.GetBytes(gateway, identity[length..]);
        return PartitionOf(identity[..length]);
    }
}
