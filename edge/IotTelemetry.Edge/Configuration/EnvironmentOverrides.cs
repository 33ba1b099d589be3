using System.Collections;
using System.Text;
using System.Text.Json;

namespace IotTelemetry.Edge.Configuration;

/// <summary>
/// Values of the environment that take the place of the file's: <c>IOT_EDGE_MQTT__KEEP_ALIVE_SECONDS=60</c> is <c>mqtt.keepAliveSeconds</c>. Two underscores
/// go one object down, one begins a word. A value that is JSON (a number, true, false, a quoted text, a list, an object) is taken as such, all else as text.
/// </summary>
internal sealed class EnvironmentOverrides
{
    public const string Prefix = "IOT_EDGE_";

    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = [];

    /// <param name="environment">Names and values of the process's environment.</param>
    /// <param name="places">Learns where the values come from.</param>
    public EnvironmentOverrides(IDictionary environment, ConfigurationPlaces places)
    {
        foreach (DictionaryEntry entry in environment)
        {
            if (entry is { Key: string name, Value: string value } && name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                var path = "$." + string.Join('.', name[Prefix.Length..].Split("__").Select(CamelCase));
                _values[path] = value;
                places.Set(path, name);
            }
        }
    }

    /// <summary>The file's JSON with the values of the environment in place.</summary>
    /// <param name="root">The file's.</param>
    /// <param name="mistakes">Gets those that have no place there.</param>
    public JsonDocument Apply(JsonElement root, List<ConfigurationMistake> mistakes)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, root, "$");
        }

        mistakes.AddRange(_values.Keys.Where(path => !_written.Contains(path)).Select(static path =>
            new ConfigurationMistake(path, "is within what is no object; the environment reaches the keys of objects alone")));
        return JsonDocument.Parse(buffer.ToArray());
    }

    private void Write(Utf8JsonWriter writer, JsonElement? element, string path)
    {
        var inside = _values.Keys.Where(key => key.StartsWith(path + ".", StringComparison.Ordinal)).ToArray();
        if (inside.Length == 0 || element is { ValueKind: not JsonValueKind.Object })
        {
            element!.Value.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        var written = new HashSet<string>();
        foreach (var property in element?.EnumerateObject() ?? default)
        {
            writer.WritePropertyName(property.Name);
            WriteValue(writer, property.Value, $"{path}.{property.Name}");
            written.Add(property.Name);
        }

        foreach (var name in inside.Select(key => key[(path.Length + 1)..].Split('.')[0]).Distinct().Where(name => !written.Contains(name)))
        {
            writer.WritePropertyName(name);
            WriteValue(writer, null, $"{path}.{name}");
        }

        writer.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter writer, JsonElement? element, string path)
    {
        if (!_values.TryGetValue(path, out var given))
        {
            Write(writer, element, path);
            return;
        }

        _written.Add(path);
        if (IsJson(given))
        {
            writer.WriteRawValue(given);
        }
        else
        {
            writer.WriteStringValue(given);
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return reader.Read() && reader.TokenType != JsonTokenType.Null && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false; // a text, then
        }
    }

    private static string CamelCase(string words) =>
        string.Concat(words.ToLowerInvariant().Split('_').Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
