using System.Text.Json.Serialization;

namespace IotTelemetry.Edge.Outbox;

/// <summary>Source-generated JSON of the ledger, on one line: it is written often.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OutboxLedger))]
internal sealed partial class LedgerJson : JsonSerializerContext;
