using System.Globalization;
using IotTelemetry.ClickHouse;

namespace IotTelemetry.Cloud.Door.Answers;

/// <summary>ClickHouse's own headers.</summary>
internal static class AnswerHeaders
{
    /// <summary>Counters as <c>X-ClickHouse-Summary</c> and <c>-Progress</c> have them: JSON with numbers as texts.</summary>
    public static string Counters(StatementSummary summary, StatementProgress progress, TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"read_rows":"{{Math.Max(summary.RowsRead, progress.RowsRead)}}","read_bytes":"{{Math.Max(summary.BytesRead, progress.BytesRead)}}","written_rows":"{{summary.RowsWritten}}","written_bytes":"{{summary.BytesWritten}}","total_rows_to_read":"{{progress.TotalRows}}","result_rows":"{{summary.ResultRows}}","result_bytes":"{{summary.ResultBytes}}","elapsed_ns":"{{(long)(elapsed.TotalMilliseconds * 1e6)}}","memory_usage":"{{progress.MemoryBytes}}"}""");
}
