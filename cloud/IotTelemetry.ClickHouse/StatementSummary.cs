namespace IotTelemetry.ClickHouse;

/// <summary>What a statement cost and gave, as the engine counted.</summary>
/// <param name="RowsRead">Rows read from tables.</param>
/// <param name="BytesRead">Bytes of them, uncompressed.</param>
/// <param name="RowsWritten">Rows inserted, also those that deduplication then dropped.</param>
/// <param name="BytesWritten">Bytes of them, uncompressed.</param>
/// <param name="ResultRows">Rows of the result.</param>
/// <param name="ResultBytes">Bytes of the result before it was encoded.</param>
public readonly record struct StatementSummary(long RowsRead, long BytesRead, long RowsWritten, long BytesWritten, long ResultRows, long ResultBytes);
