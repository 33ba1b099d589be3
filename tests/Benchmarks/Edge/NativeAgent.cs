namespace IotTelemetry.Benchmarks.Edge;

/// <summary>The agent's native binary, as <c>./build.sh bench edge</c> and <c>./build.sh package</c> leave it.</summary>
internal static class NativeAgent
{
    /// <summary>The binary's path.</summary>
    /// <exception cref="FileNotFoundException">It was not built.</exception>
    public static string Path { get; } = Find();

    private static string Find()
    {
        var path = Repository.PathOf("artifacts", "package", "iot-edge", "iot-edge");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not there: ./build.sh bench edge builds it");
    }
}
