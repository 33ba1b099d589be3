using System.Text.Json.Serialization;

namespace IotTelemetry.Cloud.Status;

/// <summary>Serialises <see cref="StatusReport"/> and <see cref="HealthReport"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
