using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

internal sealed class PointValueConverter : JsonConverter<PointValue>
{
    public override PointValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => PointValue.Of(true),
        JsonTokenType.False => PointValue.Of(false),
        JsonTokenType.String => PointValue.Of(reader.GetString()!),
        JsonTokenType.Number when reader.TryGetDouble(out double number) && double.IsFinite(number) => PointValue.Of(number),
        _ => throw new JsonException("A value is true, false, a finite number or a string."),
    };

    public override void Write(Utf8JsonWriter writer, PointValue value, JsonSerializerOptions options)
    {
        if (value.IsBoolean)
        {
            writer.WriteBooleanValue(value.Boolean);
        }
        else if (value.IsText)
        {
            writer.WriteStringValue(value.Text);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }
}
