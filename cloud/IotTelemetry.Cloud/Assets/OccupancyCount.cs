namespace IotTelemetry.Cloud.Assets;

/// <summary>How many of a group of assets are free, occupied, unknown.</summary>
internal readonly record struct OccupancyCount(int Free, int Occupied, int Unknown)
{
    public int Total => Free + Occupied + Unknown;

    public OccupancyCount Plus(OccupancyState state) => state switch
    {
        OccupancyState.Free => this with { Free = Free + 1 },
        OccupancyState.Occupied => this with { Occupied = Occupied + 1 },
        _ => this with { Unknown = Unknown + 1 },
    };

    public OccupancyCount Plus(OccupancyCount other) => new(Free + other.Free, Occupied + other.Occupied, Unknown + other.Unknown);
}
