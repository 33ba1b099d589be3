using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

internal sealed class GatewayIdConverter : JsonConverter<GatewayId>
{
    public override GatewayId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return GatewayId.TryParse(text, out GatewayId? id, out string? problem) ? id : throw new JsonException(problem);
    }

    public override void Write(Utf8JsonWriter writer, GatewayId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
