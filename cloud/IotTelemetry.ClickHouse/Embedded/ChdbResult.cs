using System.Runtime.InteropServices;
using IotTelemetry.ClickHouse.Embedded.Interop;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>Bytes of a result, in the engine's memory until disposed.</summary>
internal sealed unsafe class ChdbResult(nint handle) : IDisposable
{
    private nint _handle = handle;

    public long Length => (long)Chdb.ResultLength(_handle);

    /// <summary>The engine's counters; with a result that came whole.</summary>
    public StatementSummary Summary => new(
        (long)Chdb.ResultStorageRowsRead(_handle),
        (long)Chdb.ResultStorageBytesRead(_handle),
        (long)Chdb.ResultRowsWritten(_handle),
        (long)Chdb.ResultBytesWritten(_handle),
        (long)Chdb.ResultRows(_handle),
        (long)Chdb.ResultBytes(_handle));

    /// <summary>Part of the bytes; a result can be longer than a span.</summary>
    public ReadOnlySpan<byte> Slice(long start, int length) => start + length <= Length
        ? new ReadOnlySpan<byte>(Chdb.ResultBuffer(_handle) + start, length)
        : throw new ArgumentOutOfRangeException(nameof(length));

    public void ThrowOnError(string sql)
    {
        string? error = _handle == 0 ? "the engine returned nothing" : Marshal.PtrToStringUTF8((nint)Chdb.ResultError(_handle));
        if (error is not null)
        {
            Dispose();
            throw ClickHouseException.Parse(error, Statement.Doing(sql));
        }
    }

    public void Dispose()
    {
        if (_handle != 0)
        {
            Chdb.DestroyResult(_handle);
            _handle = 0;
        }
    }
}
