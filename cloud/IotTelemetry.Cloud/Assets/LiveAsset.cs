using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// One asset of the live state at the moment it was looked up: what its birth says holds still, its values are read anew at every call. Cheap; look it up again rather than keep it, since
/// a new birth makes a new model.
/// </summary>
/// <param name="Gateway">Whose asset it is.</param>
/// <param name="Model">The gateway's model.</param>
/// <param name="Number">The asset's number in the model.</param>
internal readonly record struct LiveAsset(LiveGateway Gateway, LiveModel Model, int Number)
{
    public AssetId Id => new(Gateway.Id.Site, Model.Names[Number]);

    public string Kind => Model.KindOf(Number);

    public TagSet Tags => Model.TagsOf(Number);

    public AssetPosition? Position => Model.PositionOf(Number);

    /// <summary>Its points, in the order of the birth's definitions.</summary>
    public IReadOnlyList<PointDefinition> Points => Model.ShapeOf(Number).Points;

    /// <summary>The point with this name, or -1.</summary>
    public int PointIndex(string point) => Model.ShapeOf(Number).IndexOf(point);

    /// <summary>The last value of a point; false while there is none.</summary>
    public bool TryRead(int point, out LiveValue value) => Model.TryRead(Model.CellOf(Number, point), out value);

    /// <summary>The last value of a point; false when there is no such point, or no value yet.</summary>
    public bool TryRead(string point, out LiveValue value)
    {
        value = default;
        return PointIndex(point) is >= 0 and int index && TryRead(index, out value);
    }
}
