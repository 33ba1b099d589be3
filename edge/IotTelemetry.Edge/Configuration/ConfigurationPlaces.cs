using System.Text.Json;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Where each value of a configuration was given: a line of the file, or an environment variable.</summary>
internal sealed class ConfigurationPlaces
{
    private readonly Dictionary<string, string> _places = [];

    /// <summary>Notes the line of every key and list entry of a text that is JSON.</summary>
    public static ConfigurationPlaces Of(ReadOnlySpan<byte> json, JsonReaderOptions options)
    {
        var places = new ConfigurationPlaces();
        var reader = new Utf8JsonReader(json, options);
        var line = new LineCounter(json);
        var open = new Stack<(string Path, int Index)>();
        var next = "$"; // the path of the value that comes
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                next = $"{open.Peek().Path}.{reader.GetString()}";
                places._places[next] = $"line {line.At(reader.TokenStartIndex)}";
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                open.Pop();
                continue;
            }

            if (open.TryPeek(out var within) && within.Index >= 0)
            {
                next = $"{within.Path}[{within.Index}]";
                open.Pop();
                open.Push(within with { Index = within.Index + 1 });
            }

            places._places.TryAdd(next, $"line {line.At(reader.TokenStartIndex)}");
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                open.Push((next, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
            }
        }

        return places;
    }

    public void Set(string path, string place) => _places[path] = place;

    /// <summary>Where the path was given or, since what is missing has no place, the nearest thing around it; null when there is none.</summary>
    public string? Find(string path)
    {
        for (var length = path.Length; length > 0; length = path.LastIndexOfAny(['.', '['], length - 1))
        {
            if (_places.TryGetValue(path[..length], out var place))
            {
                return place;
            }
        }

        return null;
    }

    /// <summary>Counts lines up to positions that only rise.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _position;
        private int _line = 1;

        public int At(long position)
        {
            _line += _text[_position..(int)position].Count((byte)'\n');
            _position = (int)position;
            return _line;
        }
    }
}
