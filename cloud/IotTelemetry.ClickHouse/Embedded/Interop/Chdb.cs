using System.Runtime.InteropServices;

namespace IotTelemetry.ClickHouse.Embedded.Interop;

/// <summary>
/// The C interface of libchdb 26.7, the part that is used here. There is no thread pinning: any thread may call, but one connection carries one
/// statement at a time. Buffers passed in are copied by the engine before a call returns.
/// </summary>
internal static unsafe partial class Chdb
{
    /// <summary>The name that <see cref="ChdbLibrary"/> resolves to the file.</summary>
    public const string Library = "chdb";

    [LibraryImport(Library, EntryPoint = "chdb_version")]
    public static partial byte* Version();

    /// <summary>Process-wide and sticky; before the first connection.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_set_signal_handlers_enabled")]
    public static partial void SetSignalHandlersEnabled(int enabled);

    /// <summary>A pointer to the connection, or NULL with the reason on stderr only.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_connect")]
    public static partial nint* Connect(int count, byte** arguments);

    [LibraryImport(Library, EntryPoint = "chdb_close_conn")]
    public static partial void CloseConnection(nint* connection);

    [LibraryImport(Library, EntryPoint = "chdb_query_with_params_n")]
    public static partial nint Query(
        nint connection, byte* query, nuint queryLength, byte* format, nuint formatLength, byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library, EntryPoint = "chdb_stream_query_with_params_n")]
    public static partial nint StreamQuery(
        nint connection, byte* query, nuint queryLength, byte* format, nuint formatLength, byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    /// <summary>The next part of the result, empty at its end; blocks until there is one.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_stream_fetch_result")]
    public static partial nint StreamFetch(nint connection, nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_cancel_query")]
    public static partial void StreamCancel(nint connection, nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_destroy_query_result")]
    public static partial void DestroyResult(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_buffer")]
    public static partial byte* ResultBuffer(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_length")]
    public static partial nuint ResultLength(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_error")]
    public static partial byte* ResultError(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_rows_read")]
    public static partial ulong ResultStorageRowsRead(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_storage_bytes_read")]
    public static partial ulong ResultStorageBytesRead(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_rows_read")]
    public static partial ulong ResultRows(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_bytes_read")]
    public static partial ulong ResultBytes(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_rows_written")]
    public static partial ulong ResultRowsWritten(nint result);

    [LibraryImport(Library, EntryPoint = "chdb_result_bytes_written")]
    public static partial ulong ResultBytesWritten(nint result);

    /// <summary>Never NULL; ask <see cref="InsertError"/> whether it worked.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_with_params_n")]
    public static partial nint InsertBegin(
        nint connection, byte* query, nuint queryLength, byte* format, nuint formatLength, byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    /// <summary>0 when the bytes were taken; blocks while the engine is behind.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_stream_append")]
    public static partial int InsertAppend(nint stream, byte* data, nuint length);

    /// <summary>Ends the input and waits until the rows are stored; the result is destroyed apart from the stream.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_stream_done")]
    public static partial nint InsertDone(nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_stream_insert_error")]
    public static partial byte* InsertError(nint stream);

    /// <summary>Cancels the insert first when it is not done.</summary>
    [LibraryImport(Library, EntryPoint = "chdb_destroy_insert_stream")]
    public static partial void InsertDestroy(nint stream);

    [LibraryImport(Library, EntryPoint = "chdb_classify_query_n")]
    public static partial int Classify(nint connection, byte* sql, nuint sqlLength, byte* database, nuint databaseLength, Analysis* analysis);

    /// <summary>What the engine's own parser says of a text (chdb_query_analysis_v1).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Analysis
    {
        public uint StructSize;
        public uint StatementCount;
        public uint Flags;
        public uint Class;
    }
}
