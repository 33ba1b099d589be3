using System.Text.Json.Serialization;

namespace IotTelemetry.Edge.Outbox;

/// <summary>Source-generated JSON of the outbox's report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(OutboxStatus))]
internal sealed partial class OutboxJson : JsonSerializerContext;
