namespace IotTelemetry.Cloud.Assets;

/// <summary>Keeps one copy of what the assets of a birth have in common: names of kinds, sets of tags. Not thread-safe; lives as long as one model is built.</summary>
internal sealed class NamePool
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<TagSet, TagSet> _tags = [];

    public string Of(string name) => _names.TryGetValue(name, out string? known) ? known : _names[name] = name;

    public TagSet Of(IReadOnlyDictionary<string, string>? tags)
    {
        TagSet set = TagSet.Of(tags);
        return _tags.TryGetValue(set, out TagSet? known) ? known : _tags[set] = set;
    }
}
