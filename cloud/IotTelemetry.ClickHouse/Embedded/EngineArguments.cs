using System.Globalization;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// The command line with which a connection opens. Server settings (path, memory, caches, time zone) count with the first connection of the process only;
/// the others are settings of the connection, as if it had executed SET.
/// </summary>
internal static class EngineArguments
{
    /// <summary>The settings of a connection, by name.</summary>
    public static IReadOnlyDictionary<string, string> SettingsFor(EmbeddedEngineOptions options, string tag)
    {
        Dictionary<string, string> settings = new()
        {
            ["max_server_memory_usage"] = Text(options.MemoryBytes),
            ["mark_cache_size"] = Text(options.MarkCacheBytes),

            // Like the mark cache these two default to 5 GB each.
            ["index_mark_cache_size"] = Text(options.MarkCacheBytes / 4),
            ["primary_index_cache_size"] = Text(options.MarkCacheBytes),
            ["timezone"] = "UTC",

            // Each insert is awaited until it is stored; the engine's own gathering of small inserts (on by default since 26.3) would only delay them.
            ["async_insert"] = "0",

            // The library reads a bare expression as a query, which a server does not.
            ["implicit_select"] = "0",
        };
        if (options.MaximumThreads is { } threads)
        {
            settings["max_threads"] = Text(threads);
        }

        foreach ((string name, string value) in options.Settings)
        {
            settings[name] = value;
        }

        settings["log_comment"] = tag;
        return settings;
    }

    /// <summary>The command line.</summary>
    public static IReadOnlyList<string> For(string dataDirectory, IReadOnlyDictionary<string, string> settings) =>
        ["clickhouse", $"--path={Path.GetFullPath(dataDirectory)}", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
