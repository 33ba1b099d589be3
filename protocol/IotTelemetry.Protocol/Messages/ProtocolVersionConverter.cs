using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

internal sealed class ProtocolVersionConverter : JsonConverter<ProtocolVersion>
{
    public override ProtocolVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && ProtocolVersion.TryParse(reader.GetString(), out ProtocolVersion version)
            ? version
            : throw new JsonException("A version is a string such as \"1.0\".");

    public override void Write(Utf8JsonWriter writer, ProtocolVersion value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
