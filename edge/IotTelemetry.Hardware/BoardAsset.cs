namespace IotTelemetry.Hardware;

/// <summary>A thing at the site.</summary>
/// <param name="Id">Unique within the board, such as <c>bay-017</c>.</param>
/// <param name="Kind">The asset kind in the project's words: <c>parking_bay</c>, <c>feeder</c>, <c>ev_charger</c>…</param>
/// <param name="Latitude">Degrees north (WGS 84), where known.</param>
/// <param name="Longitude">Degrees east (WGS 84), where known.</param>
/// <param name="Tags">Further facts such as <c>zone</c>; empty when there are none.</param>
public sealed record BoardAsset(string Id, string Kind, double? Latitude, double? Longitude, IReadOnlyDictionary<string, string> Tags);
