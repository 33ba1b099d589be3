using System.Globalization;

namespace IotTelemetry.Protocol;

/// <summary>What a birth may say (SPECIFICATION.md, section 4.3).</summary>
internal static class BirthRules
{
    private const int MaximumTags = 32;
    private const int MaximumValues = 256;
    private const int MaximumDraining = StoredCursor.MaximumEpochs - 1;

    public static void Check(BirthHeader header)
    {
        MessageJson.RequireText("softwareVersion", header.SoftwareVersion, 128);
        MessageJson.RequireText("board", header.Board, 128);
        MessageJson.RequireText("bootId", header.BootId, 64);
        MessageJson.RequireIdentity(header.Epoch, 0);
        MessageJson.RequireCount("draining", header.Draining, MaximumDraining);
        foreach (ulong epoch in header.Draining ?? [])
        {
            MessageJson.RequireIdentity(epoch, 0);
        }
    }

    /// <summary>Checks the model and lays its points out by alias.</summary>
    public static BirthPoint[] Check(BirthModel model)
    {
        MessageJson.RequireCount("definitions", model.Definitions, Birth.MaximumDefinitions);
        MessageJson.RequireCount("assets", model.Assets, Birth.MaximumPoints);
        Dictionary<string, int> definitions = new(model.Definitions.Count, StringComparer.Ordinal);
        foreach (PointDefinition definition in model.Definitions)
        {
            Check(definition);
            if (!definitions.TryAdd(definition.Id, definitions.Count))
            {
                throw Invalid($"definition '{definition.Id}' is there twice");
            }
        }

        long count = 0;
        foreach (Asset asset in model.Assets)
        {
            count += asset.Points.Count;
        }
        if (count > Birth.MaximumPoints)
        {
            throw new MessageFormatException(RefusalReason.Limit, string.Create(CultureInfo.InvariantCulture,
                $"The birth has {count} points; {Birth.MaximumPoints} are allowed."));
        }

        BirthPoint?[] points = new BirthPoint?[count];
        HashSet<string> assets = new(model.Assets.Count, StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Asset asset in model.Assets)
        {
            Check(asset);
            if (!assets.Add(asset.Name))
            {
                throw Invalid($"asset '{asset.Name}' is there twice");
            }
            names.Clear();
            foreach ((string id, int alias) in asset.Points)
            {
                if (!definitions.TryGetValue(id, out int index))
                {
                    throw Invalid($"asset '{asset.Name}' refers to definition '{id}', which is not there");
                }
                if ((uint)alias >= (uint)points.Length || points[alias] is not null)
                {
                    throw Invalid(string.Create(CultureInfo.InvariantCulture,
                        $"asset '{asset.Name}' gives '{id}' the alias {alias}; aliases are 0 to {points.Length - 1}, each once"));
                }
                points[alias] = new BirthPoint(alias, asset, model.Definitions[index], index);
                if (!names.Add(model.Definitions[index].Name))
                {
                    throw Invalid($"asset '{asset.Name}' has two points named '{model.Definitions[index].Name}'");
                }
            }
        }
        return points!;
    }

    private static void Check(PointDefinition definition)
    {
        string what = $"definition '{definition.Id}'";
        MessageJson.RequireName("definition", definition.Id);
        MessageJson.RequireName($"name of {what}", definition.Name);
        MessageJson.RequireOptionalText($"unit of {what}", definition.Unit, 32);
        if (definition.Scale is < 0 or > PointDefinition.MaximumScale || (definition.Scale != 0 && definition.Type != PointType.Decimal))
        {
            throw Invalid($"{what} has scale {definition.Scale}; a decimal has 0 to {PointDefinition.MaximumScale}, all others 0");
        }
        if (definition.Range is { } range && (definition.Type is PointType.Boolean or PointType.Text || range.Minimum > range.Maximum))
        {
            throw Invalid($"the range of {what} is upside down, or its values are no numbers");
        }
        if (definition.Values is { } values)
        {
            MessageJson.RequireCount($"values of {what}", values, MaximumValues);
            foreach (string value in values)
            {
                MessageJson.RequireText($"value of {what}", value, 256);
            }
            if (definition.Type != PointType.Text || values.Count == 0 || new HashSet<string>(values, StringComparer.Ordinal).Count != values.Count)
            {
                throw Invalid($"{what} lists values; only a text does, at least one, each once");
            }
        }
        if (definition.Reporting is { } rule)
        {
            MessageJson.RequireNotNegative($"sampleMs of {what}", rule.SampleMs);
            MessageJson.RequireNotNegative($"debounceMs of {what}", rule.DebounceMs);
            MessageJson.RequireNotNegative($"maximumSilenceMs of {what}", rule.MaximumSilenceMs);
            MessageJson.RequireNotNegative($"minimumIntervalMs of {what}", rule.MinimumIntervalMs);
            if (rule.Deadband < 0 || rule.DeadbandPercent < 0)
            {
                throw Invalid($"the deadband of {what} is negative");
            }
        }
    }

    private static void Check(Asset asset)
    {
        MessageJson.RequireName("asset", asset.Name);
        MessageJson.RequireName($"kind of asset '{asset.Name}'", asset.Kind);
        if (asset.Position is { } position && (position.Lat is not (>= -90 and <= 90) || position.Lon is not (>= -180 and <= 180)))
        {
            throw Invalid($"the position of asset '{asset.Name}' is not on the earth: latitude -90 to 90, longitude -180 to 180");
        }
        MessageJson.RequireCount($"tags of asset '{asset.Name}'", asset.Tags, MaximumTags);
        if (asset.Tags is not null)
        {
            foreach ((string key, string value) in asset.Tags)
            {
                MessageJson.RequireName($"tag of asset '{asset.Name}'", key);
                MessageJson.RequireText($"tag '{key}' of asset '{asset.Name}'", value, 256);
            }
        }
    }

    private static MessageFormatException Invalid(string problem) => new(RefusalReason.Invalid, $"The birth is not valid: {problem}.");
}
