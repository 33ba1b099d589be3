namespace IotTelemetry.Cloud.Tests.Support;

/// <summary>The checkout these tests were built from.</summary>
internal static class Repository
{
    /// <summary>A file or folder of it.</summary>
    public static string Find(string path)
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string found = Path.Combine(directory.FullName, path);
            if (Path.Exists(found))
            {
                return found;
            }
        }

        throw new FileNotFoundException($"{path} is not in {AppContext.BaseDirectory} or above it");
    }
}
