namespace IotTelemetry.Edge.Tests;

/// <summary>A directory of its own for one test.</summary>
internal sealed class TempDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("iot-edge-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
