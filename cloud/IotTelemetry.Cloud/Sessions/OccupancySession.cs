namespace IotTelemetry.Cloud.Sessions;

/// <summary>Something stood at an asset.</summary>
/// <param name="ArrivedMs">From when on, Unix milliseconds.</param>
/// <param name="LeftMs">Until when; null while it stands there.</param>
internal readonly record struct OccupancySession(long ArrivedMs, long? LeftMs);
