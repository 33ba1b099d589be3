using System.Text.Json.Serialization;

namespace IotTelemetry.Edge.Commands;

/// <summary>Source-generated JSON of the command journal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class CommandJson : JsonSerializerContext;
