using System.Collections.Frozen;
using System.IO.Pipelines;
using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Door;

/// <summary>Runs readers' queries: guarded, read-only, bounded in time and memory. Thread-safe.</summary>
internal sealed class ReadOnlyQueries(IClickHouseEngine engine, FrozenSet<string> forbiddenFunctions)
{
    private static readonly FrozenSet<string> Settable = new[]
    {
        "max_threads", "max_execution_time", "max_block_size", "max_result_rows", "result_overflow_mode", "max_rows_to_read", "join_use_nulls", "session_timezone",
        "date_time_output_format", "extremes", "limit", "offset", "final",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly QueryGuard _guard = new(forbiddenFunctions);

    /// <summary>Checks a query and its settings.</summary>
    /// <exception cref="QueryRefusedException">It may not run here.</exception>
    public DoorQuery Prepare(string sql, string defaultFormat, ClickHouseParameters parameters, IReadOnlyDictionary<string, string> settings)
    {
        string format = _guard.Check(sql) ?? defaultFormat;
        Dictionary<string, string> all = new(StringComparer.Ordinal) { ["max_execution_time"] = "300", ["max_memory_usage"] = (1L << 30).ToString(System.Globalization.CultureInfo.InvariantCulture) };
        foreach ((string name, string value) in settings)
        {
            all[name] = Settable.Contains(name) || name.StartsWith("output_format_", StringComparison.Ordinal) ? value : throw QueryRefusedException.Setting(name);
        }

        // 2, not 1: readers may change settings for their own query, but nothing that writes and not this one.
        all["readonly"] = "2";
        return new DoorQuery(sql, format, parameters, all);
    }

    /// <summary>Streams the result.</summary>
    public Task RunAsync(DoorQuery query, PipeWriter output, CancellationToken cancellationToken) =>
        engine.QueryAsync(query.Sql, query.Format, output, query.Parameters, query.Settings, cancellationToken);
}
