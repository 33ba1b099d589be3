namespace IotTelemetry.Protocol.Tests;

/// <summary>Where the files are that the tests read.</summary>
internal static class Repository
{
    public static string Protocol { get; } = Find();

    public static string Vectors => Path.Combine(Protocol, "vectors");

    public static string Specification => Path.Combine(Protocol, "SPECIFICATION.md");

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "protocol", "SPECIFICATION.md")))
            {
                return Path.Combine(directory.FullName, "protocol");
            }
        }
        throw new InvalidOperationException("protocol/SPECIFICATION.md is not above the tests.");
    }
}
