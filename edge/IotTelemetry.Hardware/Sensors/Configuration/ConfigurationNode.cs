using System.Globalization;
using System.Text.Json;

namespace IotTelemetry.Hardware.Sensors.Configuration;

/// <summary>
/// One JSON object of a configuration, read strictly: every key is asked for once, and a key nobody asked for is a mistake. Mistakes are collected; what is
/// returned in place of a wrong value is of no use but to read on, and <see cref="LinuxBoardParser"/> gives nothing out that has one.
/// </summary>
internal sealed class ConfigurationNode
{
    private readonly JsonElement? _element;
    private readonly List<BoardMistake> _mistakes;
    private readonly List<string> _asked = [];

    public ConfigurationNode(JsonElement element, string path, List<BoardMistake> mistakes)
    {
        Path = path;
        _mistakes = mistakes;
        if (element.ValueKind == JsonValueKind.Object)
        {
            _element = element;
        }
        else
        {
            Wrong(null, element, "an object");
            _mistakes = []; // what is missing within is no further mistake
        }
    }

    /// <summary>In place of an object that is not there and had to be.</summary>
    private ConfigurationNode(string path)
    {
        Path = path;
        _mistakes = [];
    }

    public string Path { get; }

    /// <summary>A text of at least one character; empty when it is wrong.</summary>
    public string Text(string key)
    {
        if (Find(key) is null)
        {
            Missing(key, "a text");
        }

        return OptionalText(key) ?? "";
    }

    public string? OptionalText(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
        {
            return text;
        }

        Wrong(key, value, "a text of at least one character");
        return null;
    }

    public bool Flag(string key, bool fallback)
    {
        if (Find(key) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) } value)
        {
            Wrong(key, value, "true or false");
        }

        return Find(key) is { ValueKind: JsonValueKind.True } || (Find(key) is null && fallback);
    }

    public double? OptionalNumber(string key, double minimum, double maximum)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= minimum && number <= maximum)
        {
            return number;
        }

        Wrong(key, value, Range(minimum, maximum));
        return minimum;
    }

    public int Whole(string key, int minimum, int maximum, int fallback)
    {
        if (Find(key) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Wrong(key, value, "a whole number, " + Range(minimum, maximum));
        return fallback;
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

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && text.StartsWith("0x", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Wrong(key, value, HexRange(minimum, maximum));
        return minimum;
    }

    public int Hex(string key, int minimum, int maximum)
    {
        if (Find(key) is null)
        {
            Missing(key, HexRange(minimum, maximum));
        }

        return OptionalHex(key, minimum, maximum) ?? minimum;
    }

    /// <summary>One of the named choices; required when there is no fallback, and null when it is wrong.</summary>
    public T? Choice<T>(string key, T? fallback, params ReadOnlySpan<(string Name, T Value)> choices)
        where T : struct
    {
        var names = new string[choices.Length];
        var isGiven = Find(key) is not null;
        var text = OptionalText(key);
        for (var i = 0; i < choices.Length; i++)
        {
            if (choices[i].Name == text)
            {
                return choices[i].Value;
            }

            names[i] = choices[i].Name;
        }

        var allowed = "one of " + string.Join(", ", names);
        if (text is not null)
        {
            Refuse(key, $"'{text}' is not allowed; {allowed}");
        }
        else if (!isGiven && fallback is null)
        {
            Missing(key, allowed);
        }

        return fallback;
    }

    public ConfigurationNode Object(string key)
    {
        if (OptionalObject(key) is { } node)
        {
            return node;
        }

        Missing(key, "an object");
        return new ConfigurationNode(Key(key));
    }

    public ConfigurationNode? OptionalObject(string key) => Find(key) is { } value ? new ConfigurationNode(value, Key(key), _mistakes) : null;

    /// <summary>The objects of a list.</summary>
    public IReadOnlyList<ConfigurationNode> List(string key, bool required)
    {
        if (Find(key) is not { } value)
        {
            if (required)
            {
                Missing(key, "a list");
            }

            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && (!required || value.GetArrayLength() > 0))
        {
            return [.. value.EnumerateArray().Select((e, i) => new ConfigurationNode(e, $"{Key(key)}[{i}]", _mistakes))];
        }

        Wrong(key, value, required ? "a list with at least one entry" : "a list");
        return [];
    }

    /// <summary>An object of texts.</summary>
    public IReadOnlyDictionary<string, string> Texts(string key)
    {
        var texts = new Dictionary<string, string>();
        if (OptionalObject(key)?._element is { } element)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.String)
                {
                    texts[property.Name] = property.Value.GetString()!;
                }
                else
                {
                    Wrong($"{key}.{property.Name}", property.Value, "a text");
                }
            }
        }

        return texts;
    }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Call last: keys nobody asked for are mistakes, and keys that are there twice.</summary>
    public void Done()
    {
        var seen = new HashSet<string>();
        foreach (var property in _element?.EnumerateObject() ?? default)
        {
            if (!_asked.Contains(property.Name))
            {
                Refuse(property.Name, $"unknown key; allowed here: {string.Join(", ", _asked)}");
            }
            else if (!seen.Add(property.Name))
            {
                Refuse(property.Name, "is given twice");
            }
        }
    }

    public void Refuse(string key, string problem) => _mistakes.Add(new BoardMistake(Key(key), problem));

    private static string Range(double minimum, double maximum) => string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}");

    private static string HexRange(int minimum, int maximum) => $"a text from \"0x{minimum:x2}\" to \"0x{maximum:x2}\"";

    private string Key(string? key) => key is null ? Path : $"{Path}.{key}";

    private JsonElement? Find(string key)
    {
        if (!_asked.Contains(key))
        {
            _asked.Add(key);
        }

        return _element is { } element && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private void Missing(string key, string allowed) => _mistakes.Add(new BoardMistake(Key(key), $"missing; it must be {allowed}"));

    private void Wrong(string? key, JsonElement value, string allowed) =>
        _mistakes.Add(new BoardMistake(Key(key), $"{value.GetRawText()} is not allowed; it must be {allowed}"));
}
