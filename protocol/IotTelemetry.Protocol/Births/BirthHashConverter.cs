using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

internal sealed class BirthHashConverter : JsonConverter<BirthHash>
{
    public override BirthHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && BirthHash.TryParse(reader.GetString(), out BirthHash hash)
            ? hash
            : throw new JsonException("A birth hash is a string of 16 lower-case hexadecimal digits.");

    public override void Write(Utf8JsonWriter writer, BirthHash value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
