namespace IotTelemetry.Edge.Tests;

/// <summary>A test that wants a disk that can be full; skipped where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Obstacle = new(SmallDisk.Obstacle);

    public SmallDiskFactAttribute() => Skip = Obstacle.Value;
}
