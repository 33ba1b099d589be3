using System.Globalization;
using System.Text.Json;

namespace IotTelemetry.Edge.Configuration;

/// <summary>
/// Reads one JSON object key by key and collects every mistake instead of stopping at the first. A key that nobody asked for is a mistake too: <see cref="Done"/> finds them.
/// </summary>
internal sealed class ConfigurationSection
{
    private readonly Dictionary<string, JsonElement> _values = [];
    private readonly List<string> _asked = [];
    private readonly List<ConfigurationMistake> _mistakes;

    public ConfigurationSection(JsonElement? element, string path, List<ConfigurationMistake> mistakes)
    {
        Path = path;
        _mistakes = mistakes;
        Element = element;
        if (element is not { } given)
        {
            return;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            Mistake($"is {Describe(given)}; an object is wanted");
            return;
        }

        foreach (var property in given.EnumerateObject())
        {
            if (!_values.TryAdd(property.Name, property.Value))
            {
                _mistakes.Add(new ConfigurationMistake($"{Path}.{property.Name}", "is given twice"));
            }
        }
    }

    public string Path { get; }

    /// <summary>The JSON itself, for a section that another library reads; null when the section is not there.</summary>
    public JsonElement? Element { get; }

    /// <summary>The keys that are there, for sections whose keys are names.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    public void Mistake(string problem) => _mistakes.Add(new ConfigurationMistake(Path, problem));

    public void Mistake(string key, string problem) => _mistakes.Add(new ConfigurationMistake($"{Path}.{key}", problem));

    /// <summary>Mistakes that another reader has found within this section.</summary>
    public void Take(IEnumerable<ConfigurationMistake> mistakes) => _mistakes.AddRange(mistakes);

    /// <summary>A section within; its values are all defaults when it is not there.</summary>
    public ConfigurationSection Section(string key) => new(TryGet(key, out var value) ? value : null, $"{Path}.{key}", _mistakes);

    public bool Has(string key) => _values.ContainsKey(key);

    public string RequiredText(string key, string allowed)
    {
        if (Has(key))
        {
            return Text(key) ?? "";
        }

        _asked.Add(key);
        Mistake(key, $"is missing; {allowed}");
        return "";
    }

    public string? Text(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        Mistake(key, $"is {Describe(value)}; a string is wanted");
        return null;
    }

    /// <summary>A string or a list of strings; empty when the key is not there or something else.</summary>
    public IReadOnlyList<string> TextOrTexts(string key)
    {
        if (!TryGet(key, out var value))
        {
            return [];
        }

        JsonElement[] elements = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        if (elements.All(e => e.ValueKind == JsonValueKind.String))
        {
            return [.. elements.Select(e => e.GetString()!)];
        }

        Mistake(key, $"is {Describe(value)}; a string or a list of strings is wanted");
        return [];
    }

    public string Choice(string key, params ReadOnlySpan<string> allowed)
    {
        var text = RequiredText(key, $"one of {string.Join(", ", allowed)}");
        if (text.Length > 0 && !allowed.Contains(text))
        {
            Mistake(key, $"is \"{text}\"; allowed: {string.Join(", ", allowed)}");
        }

        return text;
    }

    public double? Number(string key, double minimum, double maximum)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Mistake(key, string.Create(CultureInfo.InvariantCulture, $"is {Describe(value)}; allowed: {minimum} to {maximum}"));
        return null;
    }

    public long? Integer(string key, long minimum, long maximum)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Mistake(key, string.Create(CultureInfo.InvariantCulture, $"is {Describe(value)}; allowed: whole numbers {minimum} to {maximum}"));
        return null;
    }

    public bool? Flag(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Mistake(key, $"is {Describe(value)}; allowed: true, false");
        return null;
    }

    /// <summary>A value of a point: a number, true and on (1), false and off (0).</summary>
    public double? PointValue(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.True:
                return 1;
            case JsonValueKind.False:
                return 0;
            case JsonValueKind.Number when value.TryGetDouble(out var number) && double.IsFinite(number):
                return number;
            case JsonValueKind.String when value.GetString() is "on" or "off":
                return value.GetString() == "on" ? 1 : 0;
            default:
                Mistake(key, $"is {Describe(value)}; allowed: on, off, true, false or a number");
                return null;
        }
    }

    /// <summary>A list of texts; null when it is not there.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        Mistake(key, $"is {Describe(value)}; a list of strings is wanted");
        return null;
    }

    /// <summary>Whether a key is there and is an object.</summary>
    public bool IsObject(string key) => _values.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.Object;

    /// <summary>Call last: every key that was not asked for is a mistake.</summary>
    public void Done()
    {
        foreach (var key in _values.Keys)
        {
            if (!_asked.Contains(key))
            {
                Mistake(key, $"is not known; allowed here: {string.Join(", ", _asked)}");
            }
        }
    }

    private bool TryGet(string key, out JsonElement value)
    {
        _asked.Add(key);
        return _values.TryGetValue(key, out value);
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null => "null",
        _ => value.GetRawText(),
    };
}
