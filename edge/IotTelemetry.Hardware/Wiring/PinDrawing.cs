using System.Globalization;
using System.Text;

namespace IotTelemetry.Hardware.Wiring;

/// <summary>Draws a header with what the board uses of it, as SVG.</summary>
public static class PinDrawing
{
    private const int RowHeight = 22;
    private const int Middle = 330;
    private const int Width = 660;

    /// <summary>The drawing: pins as on the board seen from above, pin 1 at the top left, the used ones named.</summary>
    public static string Svg(string title, BoardHeader header, IReadOnlyList<WiringRow> rows)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        var uses = rows.SelectMany(r => r.PinNumbers.Select(p => (Pin: p, Use: $"{r.Asset} {r.Function}")))
            .GroupBy(u => u.Pin)
            .ToDictionary(g => g.Key, g => g.Count() > 2 ? "I2C bus 1" : string.Join(", ", g.Select(u => u.Use)));
        var height = 60 + (header.Pins.Count / 2 * RowHeight);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12">
            <rect width="{Width}" height="{height}" fill="white"/>
            <text x="{Middle}" y="20" text-anchor="middle" font-size="14" font-weight="bold">{Escaped(title)}</text>
            <text x="{Middle}" y="36" text-anchor="middle" fill="#555">{Escaped(header.Title)}, seen from above</text>

            """);
        foreach (var pin in header.Pins)
        {
            var left = pin.Number % 2 == 1;
            var y = 60 + ((pin.Number - 1) / 2 * RowHeight);
            var used = uses.GetValueOrDefault(pin.Number);
            var side = left ? -1 : 1;
            text.Append(CultureInfo.InvariantCulture, $"""<circle cx="{Middle + (side * 12)}" cy="{y}" r="9" fill="{Colour(pin, used is not null)}" stroke="#333"/>""");
            text.Append(CultureInfo.InvariantCulture, $"""<text x="{Middle + (side * 12)}" y="{y + 4}" text-anchor="middle" font-size="9">{pin.Number}</text>""");
            text.Append(CultureInfo.InvariantCulture, $"""<text x="{Middle + (side * 28)}" y="{y + 4}" text-anchor="{(left ? "end" : "start")}" fill="{(used is null ? "#888" : "#000")}">{Label(pin, used, left)}</text>""");
            text.Append('\n');
        }

        return text.Append("</svg>\n").ToString();
    }

    private static string Label(HeaderPin pin, string? used, bool left) =>
        used is null ? pin.Name : left ? $"""<tspan font-weight="bold">{Escaped(used)}</tspan>  {pin.Name}""" : $"""{pin.Name}  <tspan font-weight="bold">{Escaped(used)}</tspan>""";

    private static string Colour(HeaderPin pin, bool used) => pin.Name switch
    {
        "5V" => "#f4a6a0",
        "3V3" => "#f9d7a0",
        "GND" => "#bbbbbb",
        _ => used ? "#9fd3a0" : "#ffffff",
    };

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
