using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Changes;

/// <summary>What changed since a reader last looked, each thing once however often it changed.</summary>
/// <param name="IsReset">Too much happened to say what: the reader has to read everything anew.</param>
/// <param name="Assets">Assets with a new reading, description, pending command or lockout.</param>
/// <param name="Gateways">Gateways whose status, presence or description changed.</param>
/// <param name="Through">The number of the last change; who reads on from it misses nothing.</param>
internal sealed record ChangeBatch(bool IsReset, IReadOnlyCollection<AssetId> Assets, IReadOnlyCollection<LiveGateway> Gateways, long Through);
