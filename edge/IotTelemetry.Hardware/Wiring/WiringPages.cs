using System.Text.Json;
using IotTelemetry.Hardware.Sensors.Configuration;

namespace IotTelemetry.Hardware.Wiring;

/// <summary>The page and the drawing beside each configuration file.</summary>
public static class WiringPages
{
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>File names (beside the configuration) and their contents; none for a simulated board, which has no wires.</summary>
    /// <exception cref="BoardConfigurationException">The file has no board, or a Linux board with a mistake.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Generate(string configurationFile)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(configurationFile), Json);
        if (!document.RootElement.TryGetProperty("board", out var section) || section.ValueKind != JsonValueKind.Object)
        {
            throw new BoardConfigurationException(new BoardMistake("$.board", "missing; it must be an object"));
        }

        if (section.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String && kind.GetString()!.StartsWith("simulated-", StringComparison.Ordinal))
        {
            return new Dictionary<string, string>();
        }

        var board = LinuxBoardParser.Parse(section, "$.board", "/var/lib/iot-edge/totals");
        var name = Path.GetFileNameWithoutExtension(configurationFile);
        var rows = WiringTable.Rows(board);
        var header = BoardHeader.Find(board.Header);
        var picture = header is null ? "" : $"![pins]({name}.svg)\n\n";
        var pages = new Dictionary<string, string>
        {
            [name + ".md"] = $"# {board.Name}\n\nMade from [{name}.json]({name}.json) by `iot-edge wiring`: change that file, not this one.\n\n{picture}{WiringTable.Markdown(rows)}",
        };
        if (header is not null)
        {
            pages[name + ".svg"] = PinDrawing.Svg(board.Name, header, rows);
        }

        return pages;
    }
}
