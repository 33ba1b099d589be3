using System.Diagnostics.CodeAnalysis;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>The identity of an asset, written <c>site/asset</c>. Both names obey <see cref="NameRules"/>. Equality is ordinal.</summary>
/// <param name="Site">The place it is at.</param>
/// <param name="Name">Its name, unique at its site.</param>
internal readonly record struct AssetId(string Site, string Name) : IComparable<AssetId>
{
    /// <summary>Reads <c>site/asset</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="id">The identity, when valid.</param>
    /// <param name="problem">Why it is not valid, as a sentence.</param>
    public static bool TryParse(string text, out AssetId id, [NotNullWhen(false)] out string? problem)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            (id, problem) = (default, "An asset is written site/asset.");
            return false;
        }

        return TryCreate(text[..slash], text[(slash + 1)..], out id, out problem);
    }

    /// <summary>An identity of two names.</summary>
    public static bool TryCreate(string site, string name, out AssetId id, [NotNullWhen(false)] out string? problem)
    {
        id = new AssetId(site, name);
        problem = !NameRules.IsValid(site, out string? fault) ? $"The site '{site}' {fault}."
            : !NameRules.IsValid(name, out fault) ? $"The asset '{name}' {fault}."
            : null;
        return problem is null;
    }

    /// <summary>By site, then by name, each by code points: the order in which lists are paged.</summary>
    public int CompareTo(AssetId other) => string.CompareOrdinal(Site, other.Site) is var bySite and not 0 ? bySite : string.CompareOrdinal(Name, other.Name);

    /// <summary><c>site/asset</c>.</summary>
    public override string ToString() => $"{Site}/{Name}";
}
