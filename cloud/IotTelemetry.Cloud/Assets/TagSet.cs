namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// The tags of an asset, sorted by name. Thousands of assets share a zone or a feeder: equal sets of a birth are one object (<see cref="NamePool"/>). Immutable; equality by content.
/// </summary>
internal sealed class TagSet : IEquatable<TagSet>
{
    private readonly KeyValuePair<string, string>[] _tags;
    private readonly int _hash;

    private TagSet(KeyValuePair<string, string>[] tags)
    {
        _tags = tags;
        HashCode hash = default;
        foreach ((string name, string value) in tags)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    public static TagSet Empty { get; } = new([]);

    public ReadOnlySpan<KeyValuePair<string, string>> Tags => _tags;

    /// <summary>The value of a tag; null when the asset does not have it.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> tag in _tags)
            {
                if (tag.Key == name)
                {
                    return tag.Value;
                }
            }

            return null;
        }
    }

    public static TagSet Of(IReadOnlyDictionary<string, string>? tags) =>
        tags is null or { Count: 0 } ? Empty : new([.. tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)]);

    public bool Equals(TagSet? other) => other is not null && _hash == other._hash && _tags.AsSpan().SequenceEqual(other._tags);

    public override bool Equals(object? obj) => Equals(obj as TagSet);

    public override int GetHashCode() => _hash;

    /// <summary>As a dictionary, for answers.</summary>
    public Dictionary<string, string> ToDictionary() => new(_tags, StringComparer.Ordinal);
}
