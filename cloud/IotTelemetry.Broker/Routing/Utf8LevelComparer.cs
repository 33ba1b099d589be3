using System.Diagnostics.CodeAnalysis;

namespace IotTelemetry.Broker.Routing;

/// <summary>Compares UTF-8 byte strings by content, and looks them up by span. The hash is seeded per process, so that no client can aim at one bucket.</summary>
internal sealed class Utf8LevelComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8LevelComparer Instance = new();

    private Utf8LevelComparer()
    {
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }
}
