using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Opens the store that the options name.</summary>
internal static class StoreEngine
{
    /// <summary>Upper bound of the embedded engine's memory: half of it is for ten readers at once, the rest for inserts, merges and caches.</summary>
    public const long MemoryBytes = 3L << 30;

    // With what was taken (6 s) and the connections (1.5 s) the process ends within 10 s.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The engine in this process, or the servers; a server is first asked with the first statement.</summary>
    /// <exception cref="ClickHouseException">The engine cannot be opened.</exception>
    public static async Task<IClickHouseEngine> OpenAsync(StoreOptions options, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        if (options.Servers is { } servers)
        {
            return new ServerEngine(servers, logs.CreateLogger<ServerEngine>());
        }

        // The engine resolves a bare table name also as a file of the working directory: there is nothing to find in its own.
        string data = Directory.CreateDirectory(options.DataDirectory).FullName;
        Environment.CurrentDirectory = data;
        EmbeddedEngineOptions engine = new() { DataDirectory = data, LibraryPath = options.EngineLibrary, CloseTimeout = CloseTimeout, MemoryBytes = MemoryBytes };
        return await EmbeddedEngine.OpenAsync(engine, logs.CreateLogger<EmbeddedEngine>(), cancellationToken);
    }
}
