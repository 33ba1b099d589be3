namespace IotTelemetry.ClickHouse;

/// <summary>How far a running statement is.</summary>
/// <param name="RowsRead">Rows read so far.</param>
/// <param name="BytesRead">Bytes of them.</param>
/// <param name="TotalRows">Rows to read, as the engine estimates; 0 when it does not know.</param>
/// <param name="Elapsed">Since the statement began.</param>
/// <param name="MemoryBytes">Memory it has now.</param>
public readonly record struct StatementProgress(long RowsRead, long BytesRead, long TotalRows, TimeSpan Elapsed, long MemoryBytes);
