using System.Collections.Frozen;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.Cloud.Door.Answers;

/// <summary>The output formats of the engine and the Content-Type of each, as the engine itself names them.</summary>
internal sealed class ContentTypes
{
    private readonly FrozenDictionary<string, (string Name, string Type)> _formats;

    private ContentTypes(IReadOnlyDictionary<string, (string, string)> formats) => _formats = formats.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Asks the engine.</summary>
    public static async Task<ContentTypes> ReadAsync(IClickHouseEngine engine, CancellationToken cancellationToken)
    {
        Dictionary<string, (string, string)> formats = new(StringComparer.OrdinalIgnoreCase);
        await foreach (NativeBlock block in engine.QueryAsync("SELECT * FROM system.formats WHERE is_output", cancellationToken: cancellationToken))
        {
            bool hasTypes = block.Names.Contains("content_type"); // servers of 2025 do not
            for (int row = 0; row < block.Rows; row++)
            {
                string name = (string)block["name"].GetValue(row)!;
                formats[name] = (name, hasTypes ? (string)block["content_type"].GetValue(row)! : "");
            }
        }

        return new ContentTypes(formats);
    }

    /// <summary>The Content-Type of a format; of one that the engine does not know (it will say so itself), plain text.</summary>
    public string Of(string format) => _formats.TryGetValue(format, out (string Name, string Type) known) && known.Type.Length > 0 ? known.Type : "text/plain; charset=UTF-8";

    /// <summary>The format's name as the engine writes it.</summary>
    public string NameOf(string format) => _formats.TryGetValue(format, out (string Name, string Type) known) ? known.Name : format;
}
