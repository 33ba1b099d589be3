using System.Globalization;
using System.Text.Json;

namespace IotTelemetry.Hardware.Sensors.Configuration;

/// <summary>One JSON object of a configuration, read strictly: every key is asked for once, and a key nobody asked for is an error.</summary>
internal sealed class ConfigurationNode
{
    private readonly JsonElement _element;
    private readonly List<string> _asked = [];

    public ConfigurationNode(JsonElement element, string path)
    {
        _element = element;
        Path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(null, element, "an object");
        }
    }

    public string Path { get; }

    /// <summary>A text of at least one character.</summary>
    public string Text(string key) => OptionalText(key) ?? throw Missing(key, "a text");

    public string? OptionalText(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : throw Wrong(key, value, "a text of at least one character");
    }

    public bool Flag(string key, bool fallback) => OptionalFlag(key) ?? fallback;

    public bool? OptionalFlag(string key) => Find(key) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, value, "true or false"),
    };

    public double Number(string key, double minimum, double maximum) => OptionalNumber(key, minimum, maximum) ?? throw Missing(key, Range(minimum, maximum));

    public double? OptionalNumber(string key, double minimum, double maximum)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= minimum && number <= maximum
            ? number
            : throw Wrong(key, value, Range(minimum, maximum));
    }

    public int Whole(string key, int minimum, int maximum, int fallback)
    {
        if (Find(key) is not { } value)
        {
            return fallback;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(key, value, "a whole number, " + Range(minimum, maximum));
    }

    /// <summary>Milliseconds.</summary>
    public TimeSpan? OptionalMilliseconds(string key, double minimum, double maximum) =>
        OptionalNumber(key, minimum, maximum) is { } number ? TimeSpan.FromMilliseconds(number) : null;

    /// <summary>An address such as <c>"0x40"</c>, as data sheets write it.</summary>
    public int? OptionalHex(string key, int minimum, int maximum)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.StartsWith("0x", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(key, value, $"a text from \"0x{minimum:x2}\" to \"0x{maximum:x2}\"");
    }

    public int Hex(string key, int minimum, int maximum) => OptionalHex(key, minimum, maximum) ?? throw Missing(key, $"a text from \"0x{minimum:x2}\" to \"0x{maximum:x2}\"");

    /// <summary>One of the named choices.</summary>
    public T Choice<T>(string key, T? fallback, params ReadOnlySpan<(string Name, T Value)> choices)
        where T : struct
    {
        var text = OptionalText(key);
        var names = new string[choices.Length];
        for (var i = 0; i < choices.Length; i++)
        {
            if (choices[i].Name == text)
            {
                return choices[i].Value;
            }

            names[i] = choices[i].Name;
        }

        var allowed = "one of " + string.Join(", ", names);
        return text is null ? fallback ?? throw Missing(key, allowed) : throw new BoardConfigurationException(Key(key), $"'{text}' is not allowed; {allowed}");
    }

    public ConfigurationNode Object(string key) => OptionalObject(key) ?? throw Missing(key, "an object");

    public ConfigurationNode? OptionalObject(string key) => Find(key) is { } value ? new ConfigurationNode(value, Key(key)) : null;

    /// <summary>The objects of a list.</summary>
    public IReadOnlyList<ConfigurationNode> List(string key, bool required)
    {
        if (Find(key) is not { } value)
        {
            return required ? throw Missing(key, "a list") : [];
        }

        return value.ValueKind != JsonValueKind.Array || (required && value.GetArrayLength() == 0)
            ? throw Wrong(key, value, required ? "a list with at least one entry" : "a list")
            : [.. value.EnumerateArray().Select((e, i) => new ConfigurationNode(e, $"{Key(key)}[{i}]"))];
    }

    /// <summary>An object of texts.</summary>
    public IReadOnlyDictionary<string, string> Texts(string key)
    {
        var texts = new Dictionary<string, string>();
        if (Find(key) is { } value)
        {
            foreach (var property in new ConfigurationNode(value, Key(key))._element.EnumerateObject())
            {
                texts[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw Wrong($"{key}.{property.Name}", property.Value, "a text");
            }
        }

        return texts;
    }

    /// <summary>Refuses keys nobody asked for.</summary>
    public void Done()
    {
        foreach (var property in _element.EnumerateObject())
        {
            if (!_asked.Contains(property.Name))
            {
                throw new BoardConfigurationException(Key(property.Name), $"unknown key; allowed here: {string.Join(", ", _asked)}");
            }
        }
    }

    public BoardConfigurationException Refuse(string key, string problem) => new(Key(key), problem);

    private static string Range(double minimum, double maximum) => string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}");

    private string Key(string? key) => key is null ? Path : $"{Path}.{key}";

    private JsonElement? Find(string key)
    {
        _asked.Add(key);
        return _element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private BoardConfigurationException Missing(string key, string allowed) => new(Key(key), $"missing; it must be {allowed}");

    private BoardConfigurationException Wrong(string? key, JsonElement value, string allowed) =>
        new(Key(key), $"{value.GetRawText()} is not allowed; it must be {allowed}");
}
