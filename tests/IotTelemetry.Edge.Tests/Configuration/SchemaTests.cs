using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotTelemetry.Edge.Configuration;

namespace IotTelemetry.Edge.Tests.Configuration;

/// <summary>The JSON Schema and the reader say the same: documents made from the schema with everything wrong in them are read, and the reader's mistakes compared.</summary>
public sealed class SchemaTests : IDisposable
{
    /// <summary>Their range depends on another key, which a schema cannot say.</summary>
    private static readonly string[] BoundByAnother = ["$.outbox.segmentBytes", "$.uplink.maximumUnconfirmed", "$.mqtt.reconnectMaximumSeconds"];

    private static readonly JsonObject Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "iot-edge.schema.json")))!.AsObject();

    private readonly TempDirectory _directory = new();
    private readonly List<(string Path, string[] Texts)> _expected = [];
    private readonly List<(string Path, string[] Keys)> _objects = [];
    private readonly List<string> _required = [];

    public static TheoryData<string> Kinds
    {
        get
        {
            var boards = Alternatives(Schema["properties"]!["board"]!.AsObject()).Select(static b => b.Name);
            var sensors = Alternatives(Schema["$defs"]!["sensor"]!.AsObject()).Select(static s => $"linux/{s.Name}");
            return [.. boards.Where(static b => b != "linux").Concat(sensors)];
        }
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Keys_types_and_ranges_are_those_of_the_reader(string kind)
    {
        var mistakes = Mistakes(Make(Schema, "$", kind.Split('/'), isEmpty: false));

        Assert.All(_expected, expected => Assert.Contains(
            mistakes, m => m.Path == expected.Path && (BoundByAnother.Contains(m.Path) || expected.Texts.All(t => m.Problem.Contains(t, StringComparison.Ordinal)))));
        // And no key is the reader's alone: an unknown one is answered with all that it asks for.
        Assert.All(_objects, section => Assert.Equal(section.Keys.Order(), AllowedKeys(Assert.Single(mistakes, m => m.Path == $"{section.Path}.zzz")).Order()));
        Assert.True(_expected.Count > 60, $"only {_expected.Count} keys are looked at");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Required_keys_are_those_of_the_reader(string kind)
    {
        var mistakes = Mistakes(Make(Schema, "$", kind.Split('/'), isEmpty: true));

        Assert.All(_required, path => Assert.Contains(mistakes, m => m.Path == path));
        Assert.All(mistakes.Where(static m => m.Problem.Contains("missing", StringComparison.Ordinal)), m => Assert.Contains(m.Path, _required));
    }

    private IReadOnlyList<ConfigurationMistake> Mistakes(JsonNode document)
    {
        var path = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(path, document.ToJsonString());
        return Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(path, new Dictionary<string, string>())).Mistakes;
    }

    /// <summary>An instance with all keys, each with a value that is not allowed (or, empty, with none but those that say what it is) and what must be said of it.</summary>
    private JsonNode Make(JsonObject schema, string path, string[] kind, bool isEmpty)
    {
        if (schema["$ref"] is { } reference)
        {
            schema = Schema["$defs"]![reference.GetValue<string>().Split('/')[^1]]!.AsObject();
        }

        if (schema["allOf"] is not null)
        {
            var chosen = path == "$.board" ? kind[0] : kind[^1];
            return Make(Alternatives(schema).Single(a => a.Name == chosen).Then, path, kind, isEmpty);
        }

        switch (schema["type"])
        {
            case JsonValue type when type.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "object":
                return schema["properties"] is JsonObject properties ? MakeObject(schema, properties, path, kind, isEmpty)
                    : new JsonObject { ["a/b"] = Make(schema["additionalProperties"]!.AsObject(), $"{path}.a/b", kind, isEmpty) };
            case JsonValue type when type.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "array" && schema["items"]!["type"]?.GetValue<string>() != "string":
                return new JsonArray(Make(schema["items"]!.AsObject(), $"{path}[0]", kind, isEmpty));
            default:
                return MakeWrong(schema, path);
        }
    }

    private JsonObject MakeObject(JsonObject schema, JsonObject properties, string path, string[] kind, bool isEmpty)
    {
        var required = schema["required"]?.AsArray().Select(static r => r!.GetValue<string>()).ToArray() ?? [];
        var made = new JsonObject();
        foreach (var (name, property) in properties)
        {
            if (property!["const"] is { } constant)
            {
                made[name] = constant.DeepClone();
            }
            else if (!isEmpty || IsComposed(property.AsObject()))
            {
                made[name] = Make(property.AsObject(), $"{path}.{name}", kind, isEmpty);
            }
            else if (required.Contains(name))
            {
                _required.Add($"{path}.{name}");
            }
        }

        if (!isEmpty)
        {
            made["zzz"] = 1;
            _objects.Add((path, [.. properties.Select(static p => p.Key)]));
        }

        return made;
    }

    private JsonNode MakeWrong(JsonObject schema, string path)
    {
        if (schema["minimum"] is { } minimum)
        {
            var (least, most) = (minimum.GetValue<double>(), schema["maximum"]!.GetValue<double>());
            _expected.Add((path, [string.Create(CultureInfo.InvariantCulture, $"{least} to {most}")]));
            return JsonValue.Create(least - 1);
        }

        if (schema["enum"] is JsonArray choices)
        {
            _expected.Add((path, [.. choices.Select(static c => c!.GetValue<string>())]));
            return JsonValue.Create("zzz");
        }

        _expected.Add((path, []));
        return schema["type"]?.GetValue<string>() == "boolean" ? JsonValue.Create("zzz") : new JsonArray(5);
    }

    private static IEnumerable<string> AllowedKeys(ConfigurationMistake unknown) => unknown.Problem.Split("allowed here: ")[^1].Split(", ").Distinct();

    private static bool IsComposed(JsonObject schema) => schema["$ref"] is not null || schema["type"]?.ToString() is "object" || schema["items"]?["type"]?.ToString() is "object" || schema["items"]?["$ref"] is not null;

    private static IEnumerable<(string Name, JsonObject Then)> Alternatives(JsonObject schema) =>
        schema["allOf"]!.AsArray().Select(static a => (a!["if"]!["properties"]!.AsObject().Single().Value!["const"]!.GetValue<string>(), a["then"]!.AsObject()));
}
