namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>How to open the embedded engine. The defaults suit a laptop.</summary>
public sealed record EmbeddedEngineOptions
{
    /// <summary>Directory of ClickHouse's data; created when missing. One process at a time may have it open.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// The engine's library file. When null: the variable <c>IOT_CLICKHOUSE_LIBRARY</c>, <c>libchdb.so</c> beside the program, or
    /// <c>cloud/engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so</c> in the program's directory or one above it.
    /// </summary>
    public string? LibraryPath { get; init; }

    /// <summary>
    /// Upper bound of ClickHouse's memory in bytes (<c>max_server_memory_usage</c>), at least 256 MiB: the engine's own, not the program's. The
    /// statement that would pass it fails with code 241.
    /// </summary>
    public long MemoryBytes { get; init; } = 2L << 30;

    /// <summary>Cache of index marks in bytes (<c>mark_cache_size</c>), at least 1 MiB. The engine's own default is 5 GB.</summary>
    public long MarkCacheBytes { get; init; } = 256L << 20;

    /// <summary>Threads of one query (<c>max_threads</c>), 1 to 256; null: as many as the machine has cores.</summary>
    public int? MaximumThreads { get; init; }

    /// <summary>Inserts at the same time, 1 to 64. Each has its own connection and thread; more inserts wait their turn.</summary>
    public int InsertConnections { get; init; } = 2;

    /// <summary>Queries at the same time, 1 to 64. They have their own connections, so that slow ones hold up neither inserts nor statements.</summary>
    public int QueryConnections { get; init; } = 4;

    /// <summary>Statements without result (<see cref="IClickHouseEngine.ExecuteAsync"/>) at the same time, 1 to 64.</summary>
    public int StatementConnections { get; init; } = 2;

    /// <summary>Connections for readers from outside (<see cref="EmbeddedEngine.OpenSessionAsync"/>), 1 to 256. Each open one costs a thread.</summary>
    public int SessionConnections { get; init; } = 24;

    /// <summary>Connections for writers from outside, 1 to 256: readers cannot take them all.</summary>
    public int WriterSessionConnections { get; init; } = 16;

    /// <summary>How long closing waits for running statements, after it has cancelled them, 1 s to 10 min.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>ClickHouse settings for every connection, by name; they win over the engine's own choice.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Names the key, the value and what is allowed.</exception>
    public void Validate()
    {
        Check(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), DataDirectory, "a directory");
        Check(MemoryBytes >= 256L << 20, nameof(MemoryBytes), MemoryBytes, "at least 268435456 (256 MiB)");
        Check(MarkCacheBytes >= 1L << 20, nameof(MarkCacheBytes), MarkCacheBytes, "at least 1048576 (1 MiB)");
        Check(MaximumThreads is null or (>= 1 and <= 256), nameof(MaximumThreads), MaximumThreads, "1 to 256");
        Check(InsertConnections is >= 1 and <= 64, nameof(InsertConnections), InsertConnections, "1 to 64");
        Check(StatementConnections is >= 1 and <= 64, nameof(StatementConnections), StatementConnections, "1 to 64");
        Check(SessionConnections is >= 1 and <= 256, nameof(SessionConnections), SessionConnections, "1 to 256");
        Check(WriterSessionConnections is >= 1 and <= 256, nameof(WriterSessionConnections), WriterSessionConnections, "1 to 256");
        Check(QueryConnections is >= 1 and <= 64, nameof(QueryConnections), QueryConnections, "1 to 64");
        Check(CloseTimeout >= TimeSpan.FromSeconds(1) && CloseTimeout <= TimeSpan.FromMinutes(10), nameof(CloseTimeout), CloseTimeout, "1 s to 10 min");
        foreach ((string name, string value) in Settings)
        {
            Check(name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') && !value.Contains('\0', StringComparison.Ordinal), nameof(Settings), $"{name}={value}", "names of letters, digits, _ and .");
        }
    }

    private static void Check(bool valid, string key, object? value, string allowed)
    {
        if (!valid)
        {
            throw new ArgumentException($"EmbeddedEngineOptions.{key} is {value ?? "null"}; allowed is {allowed}.");
        }
    }
}
