using System.Collections.Frozen;
using System.Globalization;
using IotTelemetry.ClickHouse.Sql;
using IotTelemetry.Cloud.Door.Users;

namespace IotTelemetry.Cloud.Door.Statements;

/// <summary>
/// Which settings of ClickHouse a user may give a statement: those that shape the answer, and limits downwards. An allow-list, since some settings name files (<c>output_format_schema</c>)
/// or servers (<c>format_avro_schema_registry_url</c>), and others undo a limit or the mark by which a statement is found and ended (<c>log_comment</c>).
/// </summary>
internal static class SettingsPolicy
{
    private static readonly FrozenSet<string> Allowed = new[]
    {
        "max_threads", "max_execution_time", "max_memory_usage", "max_bytes_before_external_group_by", "max_bytes_before_external_sort", "max_block_size", "max_result_rows", "max_result_bytes", "max_rows_to_read", "result_overflow_mode", "max_rows_to_group_by",
        "group_by_overflow_mode", "join_use_nulls", "join_algorithm", "join_default_strictness", "session_timezone", "date_time_output_format", "date_time_input_format", "interval_output_format",
        "extremes", "limit", "offset", "final", "totals_mode", "prefer_column_name_to_alias", "union_default_mode", "transform_null_in", "aggregate_functions_null_for_empty", "cast_keep_nullable",
        "enable_analyzer", "allow_experimental_analyzer", "force_primary_key", "force_index_by_date", "optimize_read_in_order", "group_by_use_nulls", "short_circuit_function_evaluation", "rows_before_aggregation",
        "show_table_uuid_in_table_create_query_if_not_nil", "describe_compact_output", "asterisk_include_alias_columns", "asterisk_include_materialized_columns", "format_csv_delimiter",
        "format_csv_null_representation", "format_tsv_null_representation", "format_csv_allow_double_quotes", "format_csv_allow_single_quotes", "bool_true_representation", "bool_false_representation",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> AllowedForInserts = new[]
    {
        "insert_deduplication_token", "insert_deduplicate", "deduplicate_blocks_in_dependent_materialized_views", "insert_null_as_default", "max_insert_block_size", "min_insert_block_size_rows", "min_insert_block_size_bytes", "max_insert_threads",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Every insert here is stored when it is answered, which is what these may ask for, and more than they may waive; a client that has gone always ends its query.
    private static readonly FrozenSet<string> Fulfilled = new[]
    {
        "async_insert", "wait_for_async_insert", "wait_for_async_insert_timeout", "async_insert_busy_timeout_ms", "async_insert_max_data_size", "async_insert_deduplicate",
        "cancel_http_readonly_queries_on_client_close", "http_zlib_compression_level", "http_native_compression_disable_checksumming_on_decompress", "http_write_exception_in_output_format",
        "readonly", "log_queries", "send_logs_level", "priority", "low_priority_query_wait_time_ms",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Checks one setting.</summary>
    /// <returns>False when it is to be left out, because what it asks for holds anyway.</returns>
    /// <exception cref="QueryRefusedException">Code 452: it may not be changed, or not to this value.</exception>
    public static bool Check(string name, string value, DoorUser user)
    {
        if (Fulfilled.Contains(name))
        {
            return name == "readonly" && value is not ("1" or "2") ? throw QueryRefusedException.ReadOnly("Cannot modify 'readonly' setting in readonly mode") : false;
        }

        if (!Allowed.Contains(name) && !IsOfFormat(name) && !(user.Role == DoorRole.Ingest && AllowedForInserts.Contains(name)))
        {
            throw QueryRefusedException.Setting(name);
        }

        if (user.Limits.BoundOf(name) is { } bound)
        {
            bool isNumber = decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number);
            if (!isNumber || number <= 0 || number > bound)
            {
                throw QueryRefusedException.Setting(name, $"shouldn't be greater than {bound} nor 0, and is '{value}'");
            }
        }

        return true;
    }

    /// <summary>Checks the SETTINGS clauses of a statement.</summary>
    /// <exception cref="QueryRefusedException">As for <see cref="Check"/>; or a clause that is not a list of names and plain values.</exception>
    public static void CheckClauses(List<SqlToken> tokens, DoorUser user)
    {
        for (int i = 0; i + 2 < tokens.Count; i++)
        {
            if (tokens[i].IsWord("SETTINGS") && tokens[i + 1].IsName && tokens[i + 2].IsSymbol('='))
            {
                CheckClause(tokens, i + 1, user);
            }
        }
    }

    /// <summary>The memory that a statement names: in its own clause before the request, there before its session; null when nobody names any. Checked before.</summary>
    public static long? AskedMemory(List<SqlToken> tokens, IReadOnlyDictionary<string, string>? session, IReadOnlyDictionary<string, string> request)
    {
        const string Name = "max_memory_usage";
        List<string> texts = [];
        for (int i = 0; i + 2 < tokens.Count; i++)
        {
            if (tokens[i].IsName && tokens[i].Value == Name && tokens[i + 1].IsSymbol('='))
            {
                texts.Add(Read(tokens, i).Value);
            }
        }

        // Several clauses, of subqueries: the largest.
        string? text = texts.Count > 0 ? texts.MaxBy(value => Bytes(value) ?? 0) : request.GetValueOrDefault(Name) ?? session?.GetValueOrDefault(Name);
        return text is null ? null : Bytes(text);

        static long? Bytes(string value) => decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal bytes) ? (long)Math.Min(bytes, long.MaxValue) : null;
    }

    /// <summary>Reads <c>name = value</c>, with a plain value.</summary>
    /// <returns>The setting, and where the token after it is.</returns>
    /// <exception cref="QueryRefusedException">It is not of this form.</exception>
    public static (string Name, string Value, int Next) Read(List<SqlToken> tokens, int at)
    {
        if (at + 2 >= tokens.Count || !tokens[at].IsName || !tokens[at + 1].IsSymbol('='))
        {
            throw QueryRefusedException.Syntax("settings are written name = value");
        }

        // A number may have a fraction or an exponent, which are tokens of their own; a setting to DEFAULT would undo a limit.
        int end = at + 2;
        while (end < tokens.Count && !tokens[end].IsSymbol(',') && !tokens[end].IsSymbol(')') && (end == at + 2 || tokens[end].Start == tokens[end - 1].End))
        {
            end++;
        }

        string value = string.Concat(tokens.Skip(at + 2).Take(end - at - 2).Select(token => token.Value));
        return value.Equals("DEFAULT", StringComparison.OrdinalIgnoreCase) && tokens[at + 2].Kind == SqlTokenKind.Word
            ? throw (tokens[at].Value.Equals("readonly", StringComparison.OrdinalIgnoreCase)
                ? QueryRefusedException.ReadOnly("Cannot modify 'readonly' setting in readonly mode")
                : QueryRefusedException.Setting(tokens[at].Value, "cannot be set to DEFAULT here"))
            : (tokens[at].Value, value, end);
    }

    private static void CheckClause(List<SqlToken> tokens, int at, DoorUser user)
    {
        while (true)
        {
            (string name, string value, int next) = Read(tokens, at);
            Check(name, value, user);
            if (next + 2 >= tokens.Count || !tokens[next].IsSymbol(',') || !tokens[next + 1].IsName || !tokens[next + 2].IsSymbol('='))
            {
                return;
            }

            at = next + 1;
        }
    }

    private static bool IsOfFormat(string name) =>
        (name.StartsWith("output_format_", StringComparison.Ordinal) || name.StartsWith("input_format_", StringComparison.Ordinal))
        && !name.Contains("schema", StringComparison.Ordinal) && !name.Contains("path", StringComparison.Ordinal) && !name.Contains("url", StringComparison.Ordinal)
        && !name.Contains("file", StringComparison.Ordinal);
}
