namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>A test that needs a small file system of its own, which only root may mount.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Problem;
}
