namespace IotTelemetry.Cloud.Door;

/// <summary>The Content-Type ClickHouse sends with a format.</summary>
internal static class ContentTypes
{
    public static string Of(string format) =>
        format.StartsWith("JSON", StringComparison.Ordinal) && format.Contains("EachRow", StringComparison.Ordinal) ? "application/x-ndjson; charset=UTF-8"
        : format.StartsWith("JSON", StringComparison.Ordinal) ? "application/json; charset=UTF-8"
        : format.StartsWith("TabSeparated", StringComparison.Ordinal) || format.StartsWith("TSV", StringComparison.Ordinal) ? "text/tab-separated-values; charset=UTF-8"
        : format.StartsWith("CSV", StringComparison.Ordinal) ? "text/csv; charset=UTF-8"
        : format is "Native" or "RowBinary" or "Parquet" or "Arrow" or "ArrowStream" or "ORC" or "Avro" or "MsgPack" ? "application/octet-stream"
        : format is "XML" ? "application/xml; charset=UTF-8"
        : "text/plain; charset=UTF-8";
}
