namespace IotTelemetry.Edge.Tests;

/// <summary>Real files beside the checkout, where they are there.</summary>
internal static class SharedData
{
    public static string? Find(string name)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, "shared", "data", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
