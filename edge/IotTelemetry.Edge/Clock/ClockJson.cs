using System.Text.Json.Serialization;

namespace IotTelemetry.Edge.Clock;

/// <summary>Source-generated JSON of the mark of the time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ClockMark))]
internal sealed partial class ClockJson : JsonSerializerContext;
