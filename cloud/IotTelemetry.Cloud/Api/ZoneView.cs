namespace IotTelemetry.Cloud.Api;

/// <summary>The occupancy of a zone.</summary>
/// <param name="Zone">Its name; empty for assets that name none.</param>
/// <param name="Total">All assets in it that have an occupancy.</param>
/// <param name="Free">Of them.</param>
/// <param name="Occupied">Of them.</param>
/// <param name="Unknown">Of them.</param>
internal sealed record ZoneView(string Zone, int Total, int Free, int Occupied, int Unknown);
