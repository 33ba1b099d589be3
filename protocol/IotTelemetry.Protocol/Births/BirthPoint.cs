namespace IotTelemetry.Protocol;

/// <summary>One point of a birth.</summary>
/// <param name="Alias">The number that frames know it by: its index in <see cref="Birth.Points"/>.</param>
/// <param name="Asset">Whose point it is.</param>
/// <param name="Definition">What it is.</param>
/// <param name="DefinitionIndex">The index of the definition in <see cref="Birth.Definitions"/>.</param>
public sealed record BirthPoint(int Alias, Asset Asset, PointDefinition Definition, int DefinitionIndex)
{
    /// <summary>The point's name, unique in its asset.</summary>
    public string Name => Definition.Name;

    /// <summary>The type of its values.</summary>
    public PointType Type => Definition.Type;
}
