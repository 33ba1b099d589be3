namespace IotTelemetry.Protocol;

/// <summary>What frames need to know of a birth's points: which value column each belongs to, and how that is encoded.</summary>
internal sealed class FrameLayout
{
    public FrameLayout(IReadOnlyList<PointDefinition> definitions, IReadOnlyList<BirthPoint> points)
    {
        Types = new PointType[definitions.Count];
        Powers = new double[definitions.Count];
        for (int i = 0; i < definitions.Count; i++)
        {
            Types[i] = definitions[i].Type;
            Powers[i] = PowerOfTen(definitions[i].Scale);
        }
        ColumnOf = new int[points.Count];
        for (int i = 0; i < points.Count; i++)
        {
            ColumnOf[i] = points[i].DefinitionIndex;
        }
    }

    /// <summary>By alias, the index of the definition, which is the number of the value column.</summary>
    public int[] ColumnOf { get; }

    /// <summary>By column, the type of its values.</summary>
    public PointType[] Types { get; }

    /// <summary>By column, the units of the last digit in one: 1, 10, 100 … exact as doubles.</summary>
    public double[] Powers { get; }

    private static double PowerOfTen(int exponent)
    {
        double power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }
        return power;
    }
}
