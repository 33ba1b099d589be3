using System.Text;
using System.Text.Json;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>Values as JSON texts, so that <c>true</c> and <c>"true"</c> stay apart; an empty text for no value.</summary>
internal static class ValueText
{
    public static string Of(PointValue? value) => value switch
    {
        null => "",
        { IsText: true } text => $"\"{JsonEncodedText.Encode(text.Text!)}\"",
        { } other => other.ToString(),
    };

    /// <summary>Reads what <see cref="Of"/> wrote.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static PointValue? Parse(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text));
        return !reader.Read() ? throw new FormatException($"'{text}' is no value") : Read(ref reader);
    }

    /// <summary>The value that <paramref name="reader"/> stands on.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PointValue Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => PointValue.Of(true),
        JsonTokenType.False => PointValue.Of(false),
        JsonTokenType.String => PointValue.Of(reader.GetString()!),
        JsonTokenType.Number when reader.TryGetDouble(out double number) && double.IsFinite(number) => PointValue.Of(number),
        _ => throw new FormatException("a value is true, false, a finite number or a text"),
    };
}
