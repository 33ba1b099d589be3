using System.Buffers;
using System.Runtime.InteropServices;
using IotTelemetry.ClickHouse.Embedded.Interop;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// One running insert, as the writer of its rows: bytes go to the engine as they gather, so a block is encoded and parsed at the same time and never
/// lies in memory as a whole. Disposing it before <see cref="Complete"/> cancels the insert.
/// </summary>
internal sealed unsafe class ChdbInsert : IBufferWriter<byte>, IDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly string _sql;
    private nint _stream;
    private byte[] _buffer = [];
    private int _used;

    public ChdbInsert(nint stream, string sql)
    {
        _stream = stream;
        _sql = sql;
        try
        {
            ThrowOnError(refused: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Sends bytes that are encoded already, without a copy on this side.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        Flush();
        Append(bytes);
    }

    /// <summary>Ends the input; returns when the rows are stored.</summary>
    public StatementSummary Complete()
    {
        Flush();
        using ChdbResult result = new(Chdb.InsertDone(_stream));
        result.ThrowOnError(_sql);
        return result.Summary;
    }

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_used);
    }

    public void Dispose()
    {
        if (_stream != 0)
        {
            Chdb.InsertDestroy(_stream);
            _stream = 0;
        }

        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void Reserve(int sizeHint)
    {
        if (_buffer.Length - _used >= Math.Max(1, sizeHint))
        {
            return;
        }

        Flush();
        if (_buffer.Length < Math.Max(1, sizeHint))
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, BufferBytes));
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    private void Flush()
    {
        int used = _used;
        _used = 0;
        Append(_buffer.AsSpan(0, used));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        fixed (byte* data = bytes)
        {
            if (Chdb.InsertAppend(_stream, data, (nuint)bytes.Length) != 0)
            {
                ThrowOnError(refused: true);
            }
        }
    }

    private void ThrowOnError(bool refused)
    {
        string? error = Marshal.PtrToStringUTF8((nint)Chdb.InsertError(_stream));
        if (error is not null || refused)
        {
            throw ClickHouseException.Parse(error ?? "the engine refused the rows without a reason", Statement.Doing(_sql));
        }
    }
}
