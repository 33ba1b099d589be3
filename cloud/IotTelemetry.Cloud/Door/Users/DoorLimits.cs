using System.Globalization;
using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Door.Users;

/// <summary>How much one user may take; immutable, checked by <see cref="Validate"/>.</summary>
/// <param name="MaximumSeconds">Longest time of a statement, from its begin to the last byte of its answer, 1 s to 24 h.</param>
/// <param name="MaximumMemoryBytes">Memory of one statement, at least 16 MiB.</param>
/// <param name="MaximumRowsToRead">Rows one statement may read from tables.</param>
/// <param name="MaximumResultRows">Rows of one answer.</param>
/// <param name="MaximumResultBytes">Bytes of one answer before it is encoded.</param>
/// <param name="MaximumStatements">Statements at the same time, 1 to 100; more wait for their turn.</param>
/// <param name="MaximumWaitSeconds">How long a statement waits for its turn before it is refused, 0 to 600 s.</param>
/// <param name="MaximumThreads">Threads of one statement, 1 to 256; 0: as many as the machine has cores.</param>
internal sealed record DoorLimits(
    int MaximumSeconds = 300,
    long MaximumMemoryBytes = 512L << 20,
    long MaximumRowsToRead = 20_000_000_000,
    long MaximumResultRows = 200_000_000,
    long MaximumResultBytes = 20_000_000_000,
    int MaximumStatements = 10,
    int MaximumWaitSeconds = 10,
    int MaximumThreads = 0)
{
    /// <summary>Those of a user for whom none are given and who inserts: it may be a whole fleet of workers.</summary>
    public static DoorLimits OfIngest { get; } = new(MaximumStatements: 50, MaximumWaitSeconds: 60);

    /// <summary>The settings with which ClickHouse keeps a statement within these limits.</summary>
    public Dictionary<string, string> ToSettings()
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal)
        {
            ["max_execution_time"] = Text(MaximumSeconds),
            ["max_rows_to_read"] = Text(MaximumRowsToRead),
            ["max_result_rows"] = Text(MaximumResultRows),
            ["max_result_bytes"] = Text(MaximumResultBytes),
        };
        if (MaximumThreads > 0)
        {
            settings["max_threads"] = Text(MaximumThreads);
        }

        return WithMemory(settings, MaximumMemoryBytes);
    }

    /// <summary>The settings with a limit on memory in place of theirs.</summary>
    public static Dictionary<string, string> WithMemory(IReadOnlyDictionary<string, string> settings, long bytes) => new(settings, StringComparer.Ordinal)
    {
        ["max_memory_usage"] = Text(bytes),

        // Half of it, and then the disk: a large GROUP BY or ORDER BY gets slow before it fails.
        ["max_bytes_before_external_group_by"] = Text(bytes / 2),
        ["max_bytes_before_external_sort"] = Text(bytes / 2),
    };

    /// <summary>The largest value that the user may give a setting, or null for one without a bound.</summary>
    public long? BoundOf(string setting) => setting switch
    {
        "max_execution_time" => MaximumSeconds,
        "max_memory_usage" or "max_bytes_before_external_group_by" or "max_bytes_before_external_sort" => MaximumMemoryBytes,
        "max_rows_to_read" => MaximumRowsToRead,
        "max_result_rows" => MaximumResultRows,
        "max_result_bytes" => MaximumResultBytes,
        "max_threads" => MaximumThreads > 0 ? MaximumThreads : 256,
        _ => null,
    };

    /// <summary>Checks every value.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public void Validate(string user)
    {
        OptionException.ThrowIfOutside($"maximumSeconds of user {user}", MaximumSeconds, 1, 86_400);
        OptionException.ThrowIfOutside($"maximumMemoryBytes of user {user}", MaximumMemoryBytes, 16L << 20, long.MaxValue);
        OptionException.ThrowIfOutside($"maximumRowsToRead of user {user}", MaximumRowsToRead, 1, long.MaxValue);
        OptionException.ThrowIfOutside($"maximumResultRows of user {user}", MaximumResultRows, 1, long.MaxValue);
        OptionException.ThrowIfOutside($"maximumResultBytes of user {user}", MaximumResultBytes, 1, long.MaxValue);
        OptionException.ThrowIfOutside($"maximumStatements of user {user}", MaximumStatements, 1, 100);
        OptionException.ThrowIfOutside($"maximumWaitSeconds of user {user}", MaximumWaitSeconds, 0, 600);
        OptionException.ThrowIfOutside($"maximumThreads of user {user}", MaximumThreads, 0, 256);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
