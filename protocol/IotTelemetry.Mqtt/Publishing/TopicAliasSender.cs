using System.Diagnostics.CodeAnalysis;

namespace IotTelemetry.Mqtt;

/// <summary>
/// The topic aliases this client has set on one connection: the first topics published get them and keep them. No aliases without a maximum from the server
/// [MQTT-3.2.2-18]. Not thread-safe.
/// </summary>
internal sealed class TopicAliasSender(int maximum)
{
    private readonly Dictionary<byte[], ushort> _aliases = new(Utf8Comparer.Instance);

    public bool IsEnabled => maximum > 0;

    /// <summary>Gives the alias of a topic, if it has one or can get one.</summary>
    /// <param name="topic">The topic name.</param>
    /// <param name="alias">The alias, from 1.</param>
    /// <param name="isNew">True if the server does not know it yet: the topic must go with it.</param>
    public bool TryGet(ReadOnlySpan<byte> topic, out ushort alias, out bool isNew)
    {
        isNew = false;
        if (_aliases.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out alias))
        {
            return true;
        }

        if (_aliases.Count >= maximum)
        {
            return false;
        }

        alias = (ushort)(_aliases.Count + 1);
        _aliases.Add(topic.ToArray(), alias);
        isNew = true;
        return true;
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
