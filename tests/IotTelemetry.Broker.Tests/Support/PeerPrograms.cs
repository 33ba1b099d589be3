namespace IotTelemetry.Broker.Tests.Support;

/// <summary>Finds the peers and says what is missing.</summary>
internal static class PeerPrograms
{
    /// <summary>tests/peers of the checkout these tests were built from. Before the others, which look into it.</summary>
    public static string PeersDirectory { get; } = FindPeers();

    public static string? MosquittoMissing { get; } =
        Find("mosquitto_pub") && Find("mosquitto_sub") ? null : "mosquitto_pub and mosquitto_sub are not installed (Debian: mosquitto-clients)";

    public static string? NodeMissing { get; } =
        !Find("node") ? "node is not installed"
        : !Directory.Exists(Path.Combine(PeersDirectory, "node_modules", "mqtt")) ? "tests/peers has no packages (run npm ci there)"
        : null;

    private static bool Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, program)));

    private static string FindPeers()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var peers = Path.Combine(directory.FullName, "tests", "peers");
            if (Directory.Exists(peers))
            {
                return peers;
            }
        }

        return "tests/peers";
    }
}
