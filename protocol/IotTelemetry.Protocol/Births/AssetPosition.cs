namespace IotTelemetry.Protocol;

/// <summary>Where an asset is: WGS 84 degrees, latitude -90 to 90, longitude -180 to 180.</summary>
/// <param name="Lat">Degrees north.</param>
/// <param name="Lon">Degrees east.</param>
public sealed record AssetPosition(double Lat, double Lon);
