using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Commands;

/// <summary>What a command must know of its asset.</summary>
/// <param name="Gateway">Whose asset it is.</param>
/// <param name="Kind">The asset's kind.</param>
/// <param name="Points">Its points.</param>
/// <param name="ValueOf">The last value of the point with an index; null while there is none, or the sensor failed.</param>
internal sealed record CommandTarget(GatewayId Gateway, string Kind, IReadOnlyList<PointDefinition> Points, Func<int, PointValue?> ValueOf);
