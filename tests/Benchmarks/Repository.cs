namespace IotTelemetry.Benchmarks;

/// <summary>Where files of this checkout lie.</summary>
internal static class Repository
{
    /// <summary>The full path of a file, given from the folder that holds <c>IotTelemetry.sln</c>.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IotTelemetry.sln")))
            {
                return Path.Combine([folder.FullName, .. parts]);
            }
        }

        throw new DirectoryNotFoundException($"IotTelemetry.sln was not found above {AppContext.BaseDirectory}: run from a checkout");
    }
}
