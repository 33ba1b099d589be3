namespace IotTelemetry.Demo;

/// <summary>Where the built programs of this checkout lie.</summary>
public static class Checkout
{
    /// <summary>The folder that holds <c>IotTelemetry.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The cloud service, built in Release.</summary>
    public static string Cloud => Path.Combine(Root, "artifacts", "bin", "IotTelemetry.Cloud", "release", "iot-cloud.dll");

    /// <summary>The agent, built in Release for net10.0.</summary>
    public static string Edge => Path.Combine(Root, "artifacts", "bin", "IotTelemetry.Edge", "release_net10.0", "iot-edge.dll");

    /// <summary>A real input file that may lie beside the checkout; null where it does not.</summary>
    public static string? SharedData(string name)
    {
        var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", name));
        return File.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IotTelemetry.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"IotTelemetry.sln was not found in {AppContext.BaseDirectory} or any folder above it: run from a checkout");
    }
}
