using System.Text;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Ingest;

/// <summary>
/// A birth, laid out for the way of a reading: for each point the bytes of its asset and small numbers for its kind and name, so that a reading becomes
/// a row by copying and a dictionary key by an array look-up. Immutable, thread-safe.
/// </summary>
internal sealed class PreparedBirth
{
    private readonly byte[][] _assets;
    private readonly int[] _kindOfPoint;
    private readonly int[] _nameOfPoint;
    private readonly int[] _assetNumberOfPoint;
    private readonly int[] _seriesOfPoint;
    private readonly int[] _ruleOfKind;

    public PreparedBirth(Birth birth, RetentionRules retention)
    {
        Birth = birth;
        int points = birth.Points.Count;
        _assets = new byte[points][];
        _kindOfPoint = new int[points];
        _nameOfPoint = new int[points];
        _seriesOfPoint = new int[points];
        _assetNumberOfPoint = new int[points];
        Dictionary<string, int> kinds = [];
        Dictionary<string, int> names = [];
        Dictionary<(int Kind, int Name), int> series = [];
        Dictionary<Asset, byte[]> assets = new(ReferenceEqualityComparer.Instance);
        Dictionary<Asset, int> assetNumbers = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < points; i++)
        {
            BirthPoint point = birth.Points[i];
            if (!assets.TryGetValue(point.Asset, out byte[]? asset))
            {
                assetNumbers.Add(point.Asset, assets.Count);
                assets.Add(point.Asset, asset = Encoding.UTF8.GetBytes(point.Asset.Name));
            }

            _assets[i] = asset;
            _assetNumberOfPoint[i] = assetNumbers[point.Asset];
            _kindOfPoint[i] = Number(kinds, point.Asset.Kind);
            _nameOfPoint[i] = Number(names, point.Name);
            _seriesOfPoint[i] = Number(series, (_kindOfPoint[i], _nameOfPoint[i]));
        }

        Assets = [.. assets.Values];
        Kinds = [.. kinds.Keys.Select(Encoding.UTF8.GetBytes)];
        KindNames = [.. kinds.Keys];
        Series = [.. series.Keys];
        _ruleOfKind = [.. kinds.Keys.Select(kind => retention.RuleOf(birth.Header.Gateway.Site, kind))];
        OneRule = _ruleOfKind.Distinct().Count() == 1 ? _ruleOfKind[0] : null;
        Names = [.. names.Keys.Select(Encoding.UTF8.GetBytes)];
    }

    public Birth Birth { get; }

    /// <summary>The distinct kinds of assets, in UTF-8.</summary>
    public IReadOnlyList<byte[]> Kinds { get; }

    /// <summary>The same as texts.</summary>
    public IReadOnlyList<string> KindNames { get; }

    /// <summary>The distinct pairs of kind and name, by their numbers.</summary>
    public IReadOnlyList<(int Kind, int Name)> Series { get; }

    /// <summary>The rule of retention that all kinds have in common; null when they differ.</summary>
    public int? OneRule { get; }

    /// <summary>The distinct names of points, in UTF-8.</summary>
    public IReadOnlyList<byte[]> Names { get; }

    public ReadOnlySpan<byte[]> AssetOfPoint => _assets;

    /// <summary>The distinct assets, in UTF-8.</summary>
    public IReadOnlyList<byte[]> Assets { get; }

    /// <summary>Per point the index into <see cref="Assets"/>.</summary>
    public ReadOnlySpan<int> AssetNumberOfPoint => _assetNumberOfPoint;

    /// <summary>Per point the index into <see cref="Kinds"/>.</summary>
    public ReadOnlySpan<int> KindOfPoint => _kindOfPoint;

    /// <summary>Per point the index into <see cref="Names"/>.</summary>
    public ReadOnlySpan<int> NameOfPoint => _nameOfPoint;

    /// <summary>Per point the index into <see cref="Series"/>.</summary>
    public ReadOnlySpan<int> SeriesOfPoint => _seriesOfPoint;

    /// <summary>Per kind its rule of retention.</summary>
    public ReadOnlySpan<int> RuleOfKind => _ruleOfKind;

    // Dictionary<,> without removals enumerates in the order of insertion, so the numbers are the positions in Keys.
    private static int Number<T>(Dictionary<T, int> numbers, T value)
        where T : notnull
    {
        if (!numbers.TryGetValue(value, out int number))
        {
            numbers.Add(value, number = numbers.Count);
        }

        return number;
    }
}
