namespace IotTelemetry.Benchmarks.Edge;

/// <summary>What arrived of an epoch.</summary>
/// <param name="Readings">How many readings.</param>
/// <param name="FirstAt">When its first frame came, a timestamp of the stopwatch.</param>
/// <param name="LastAt">When its last frame came.</param>
internal readonly record struct EpochArrivals(long Readings, long FirstAt, long LastAt);
