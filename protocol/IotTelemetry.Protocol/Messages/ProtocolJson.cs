using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>The generated JSON codecs. Members that are absent are not written; unknown ones are skipped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 16,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BirthLine))]
[JsonSerializable(typeof(BirthModel))]
[JsonSerializable(typeof(StoredCursor))]
[JsonSerializable(typeof(GatewayStatus))]
[JsonSerializable(typeof(Command))]
[JsonSerializable(typeof(CommandResult))]
[JsonSerializable(typeof(LockoutSet))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
