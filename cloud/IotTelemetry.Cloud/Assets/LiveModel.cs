using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// The assets of one gateway as its birth describes them, and the last values of their points. What the birth says is immutable; the cells change under their own sequence locks and
/// have one writer. A new birth makes a new model and takes the values over, so a reader that holds the old one reads the last moment before. One array per property: a million assets
/// are a few arrays and no objects.
/// </summary>
internal sealed class LiveModel
{
    private readonly string[] _names;
    private readonly string[] _kinds;
    private readonly AssetShape[] _shapes;
    private readonly TagSet[] _tags;
    private readonly double[] _latitudes;
    private readonly double[] _longitudes;
    private readonly int[] _firstCell;
    private readonly LiveCell[] _cells;
    private readonly int[] _assetOfCell;

    // Per asset: the gateway's change that last touched it, and how many readings were older than what was known.
    private readonly uint[] _changedAt;
    private readonly uint[] _late;

    // By cell, for gateways with meters that have no rating in the birth; null for all others.
    private double[]? _highest;

    private LiveModel(BirthHash hash, int assets, int points)
    {
        Hash = hash;
        _names = new string[assets];
        _kinds = new string[assets];
        _shapes = new AssetShape[assets];
        _tags = new TagSet[assets];
        _latitudes = new double[assets];
        _longitudes = new double[assets];
        _firstCell = new int[assets];
        _changedAt = new uint[assets];
        _late = new uint[assets];
        _cells = new LiveCell[points];
        _assetOfCell = new int[points];
    }

    /// <summary>Of the birth this was made from.</summary>
    public BirthHash Hash { get; }

    public int Assets => _names.Length;

    public int Points => _cells.Length;

    /// <summary>The names of the assets, sorted by code points: an asset's number is its index.</summary>
    public ReadOnlySpan<string> Names => _names;

    /// <summary>A model of a birth.</summary>
    /// <param name="birth">The description.</param>
    /// <param name="before">Whose values are taken over, point by point by name; null for none.</param>
    /// <param name="change">The number of the change: every asset counts as changed by it.</param>
    public static LiveModel Of(Birth birth, LiveModel? before, uint change)
    {
        LiveModel model = new(birth.Hash, birth.Assets.Count, birth.Points.Count);
        NamePool pool = new();
        Dictionary<AssetShape, AssetShape> shapes = new(ShapeComparer.Instance);
        Asset[] assets = [.. birth.Assets];
        Array.Sort(assets, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        int cell = 0;
        for (int i = 0; i < assets.Length; i++)
        {
            Asset asset = assets[i];
            AssetShape shape = new([.. asset.Points.Values.Select(alias => birth.Points[alias]).OrderBy(point => point.DefinitionIndex).Select(point => point.Definition)]);
            model._names[i] = asset.Name;
            model._kinds[i] = pool.Of(asset.Kind);
            model._tags[i] = pool.Of(asset.Tags);
            model._shapes[i] = shapes.TryGetValue(shape, out AssetShape? known) ? known : shapes[shape] = shape;
            model._latitudes[i] = asset.Position?.Lat ?? double.NaN;
            model._longitudes[i] = asset.Position?.Lon ?? double.NaN;
            model._firstCell[i] = cell;
            model._changedAt[i] = change;
            Array.Fill(model._assetOfCell, i, cell, shape.Points.Count);
            cell += shape.Points.Count;
        }

        if (Array.Exists(model._shapes, static shape => shape.Points.Any(IsUnrated)))
        {
            model._highest = new double[model.Points];
            Array.Fill(model._highest, double.NegativeInfinity);
        }

        model.TakeOver(before);
        return model;
    }

    /// <summary>The number of the asset with this name, or -1.</summary>
    public int Find(string asset) => Math.Max(-1, Array.BinarySearch(_names, asset, StringComparer.Ordinal));

    /// <summary>The number of the first asset whose name is behind <paramref name="name"/>.</summary>
    public int FirstAfter(string name)
    {
        int at = Array.BinarySearch(_names, name, StringComparer.Ordinal);
        return at < 0 ? ~at : at + 1;
    }

    public string KindOf(int asset) => _kinds[asset];

    public TagSet TagsOf(int asset) => _tags[asset];

    public AssetShape ShapeOf(int asset) => _shapes[asset];

    public AssetPosition? PositionOf(int asset) => double.IsNaN(_latitudes[asset]) ? null : new AssetPosition(_latitudes[asset], _longitudes[asset]);

    /// <summary>The number of a point's cell.</summary>
    public int CellOf(int asset, int point) => _firstCell[asset] + point;

    public bool TryRead(int cell, out LiveValue value) => _cells[cell].TryRead(out value);

    /// <summary>Whether the point measures power, and its birth does not say how much at most.</summary>
    public static bool IsUnrated(PointDefinition point) => PowerSum.IsPower(point) && point.Range?.Maximum is null;

    /// <summary>Whether a point of the gateway is unrated.</summary>
    public bool HasUnrated => _highest is not null;

    /// <summary>The highest value seen of a point; null for none, or when nobody needs it since the birth has the point's rating.</summary>
    public double? HighestOf(int cell) => _highest is { } highest && Volatile.Read(ref highest[cell]) is > double.NegativeInfinity and double value ? value : null;

    /// <summary>The names of all unrated points, some of them perhaps twice.</summary>
    public IEnumerable<string> UnratedPoints() => _shapes.Distinct().SelectMany(shape => shape.Points).Where(IsUnrated).Select(point => point.Name);

    /// <summary>Takes the highest value of a point from the store. The gateway's writer only.</summary>
    public void RestoreHighest(int cell, double value)
    {
        if (_highest is { } highest && value > highest[cell])
        {
            Volatile.Write(ref highest[cell], value);
        }
    }

    /// <summary>Whether any point has no value yet.</summary>
    public bool LacksValues()
    {
        for (int cell = 0; cell < _cells.Length; cell++)
        {
            if (_cells[cell].Updates == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many readings the points of the asset took since the service started.</summary>
    public ulong UpdatesOf(int asset)
    {
        ulong updates = 0;
        for (int i = 0; i < _shapes[asset].Points.Count; i++)
        {
            updates += _cells[_firstCell[asset] + i].Updates;
        }

        return updates;
    }

    /// <summary>How many readings came that were older than what was known, since the service started.</summary>
    public uint LateOf(int asset) => Volatile.Read(ref _late[asset]);

    /// <summary>The gateway's change that last touched the asset.</summary>
    public uint ChangedAt(int asset) => Volatile.Read(ref _changedAt[asset]);

    /// <summary>Takes a reading; see <see cref="LiveCell.TryWrite"/>. The gateway's writer only.</summary>
    public void Write(int cell, in LiveValue value, uint change)
    {
        int asset = _assetOfCell[cell];
        if (_highest is not null && value.IsUsable)
        {
            RestoreHighest(cell, value.Number);
        }

        if (_cells[cell].TryWrite(value))
        {
            _changedAt[asset] = change;
        }
        else
        {
            _late[asset]++;
        }
    }

    /// <summary>Takes a reading from the store; see <see cref="LiveCell.TryRestore"/>. The gateway's writer only.</summary>
    public void Restore(int cell, in LiveValue value, uint change)
    {
        if (_cells[cell].TryRestore(value))
        {
            _changedAt[_assetOfCell[cell]] = change;
        }
    }

    /// <summary>For each point of a birth, by alias, the number of its cell; -1 for points that this model does not have.</summary>
    public int[] Bind(Birth birth)
    {
        int[] cells = new int[birth.Points.Count];
        foreach (Asset asset in birth.Assets)
        {
            int number = Find(asset.Name);
            foreach (int alias in asset.Points.Values)
            {
                int point = number < 0 ? -1 : _shapes[number].IndexOf(birth.Points[alias].Name);
                cells[alias] = point < 0 ? -1 : CellOf(number, point);
            }
        }

        return cells;
    }

    /// <summary>Takes the values of an asset over from another gateway that had it before. The gateway's writer only.</summary>
    public void TakeOver(int asset, LiveModel from, int other)
    {
        AssetShape shape = _shapes[asset];
        for (int point = 0; point < shape.Points.Count; point++)
        {
            int match = from._shapes[other].IndexOf(shape.Points[point].Name);
            if (match >= 0 && from.TryRead(from.CellOf(other, match), out LiveValue value) && Fits(shape.Points[point], value))
            {
                _cells[CellOf(asset, point)].TryRestore(value);
                if (from.HighestOf(from.CellOf(other, match)) is { } highest)
                {
                    RestoreHighest(CellOf(asset, point), highest);
                }
            }
        }
    }

    private void TakeOver(LiveModel? before)
    {
        for (int asset = 0; before is not null && asset < _names.Length; asset++)
        {
            if (before.Find(_names[asset]) is >= 0 and int other)
            {
                TakeOver(asset, before, other);
                _late[asset] = before._late[other];
            }
        }
    }

    // A point that became a text, or stopped being one, begins anew.
    private static bool Fits(PointDefinition point, in LiveValue value) => point.Type == PointType.Text == value.Text is not null;

    private sealed class ShapeComparer : IEqualityComparer<AssetShape>
    {
        public static ShapeComparer Instance { get; } = new();

        public bool Equals(AssetShape? x, AssetShape? y) => x!.Points.SequenceEqual(y!.Points, ReferenceEqualityComparer.Instance);

        public int GetHashCode(AssetShape shape)
        {
            HashCode hash = default;
            foreach (PointDefinition point in shape.Points)
            {
                hash.Add(ReferenceEqualityComparer.Instance.GetHashCode(point));
            }

            return hash.ToHashCode();
        }
    }
}
