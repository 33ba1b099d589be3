using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Broker.Persistence;

/// <summary>
/// The store of persistent sessions and retained messages: an append-only log, written behind and synced by one task about every 20 ms, and compacted into a
/// snapshot now and then. What a broker acknowledged in the last moment before a kill may be missing after it; what it sent may be sent again. A disk that
/// cannot keep up, or is full, loses records, never holds up a client; they are counted and reported.
/// </summary>
internal sealed partial class SessionLog : ISessionStore, IAsyncDisposable
{
    private const int MostPendingBytes = 64 * 1024 * 1024;
    private const int PendingBytesKept = 1024 * 1024;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly StoreFiles _files;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private RecordWriter _pending = new();
    private RecordWriter _spare = new();
    private Task _compacting = Task.CompletedTask;
    private long _file;
    private long _number;
    private bool _isAwake;
    private bool _isFailing;
    private long _recordsLost;

    private SessionLog(StoreFiles files, long lastNumber, ILogger logger)
    {
        _files = files;
        _number = lastNumber;
        _logger = logger;
        _file = files.Active;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Records that are not on disk although they should be.</summary>
    public long RecordsLost => Volatile.Read(ref _recordsLost);

    /// <summary>Opens the store of a directory and reads what it holds.</summary>
    /// <exception cref="IOException">The directory cannot be written, or another broker uses it.</exception>
    public static SessionLog Open(string directory, long compactAfterBytes, ILogger logger, out StoredState state)
    {
        var files = new StoreFiles(directory, compactAfterBytes);
        state = files.Load(out var damaged);
        foreach (var path in damaged)
        {
            logger.StoreTailCut(path);
        }

        return new SessionLog(files, state.LastNumber, logger);
    }

    /// <summary>Writes everything that is pending and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _wake.Release();
        await _writing.ConfigureAwait(false);
        await _compacting.ConfigureAwait(false);
        _files.Dispose();
        _stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            await _wake.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            if (!_stopping.IsCancellationRequested)
            {
                await Task.Delay(Gather, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // Asked before the records are taken: what is appended while they are written has another turn coming.
            var isLast = _stopping.IsCancellationRequested;
            bool isRolling;
            lock (_gate)
            {
                (_pending, _spare) = (_spare, _pending);
                _isAwake = false;
                isRolling = _files.WantsRoll(_spare.Length) && _compacting.IsCompleted;
                _file += isRolling ? 1 : 0;
            }

            Write(_spare, isRolling);
            _spare.Clear(PendingBytesKept);
            if (isLast)
            {
                return;
            }
        }
    }

    private void Write(RecordWriter records, bool isRolling)
    {
        try
        {
            _files.Append(records.Written.Span);
            if (isRolling)
            {
                _files.Roll();
                _compacting = Task.Run(Compact);
            }

            _isFailing = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _recordsLost);
            if (!_isFailing)
            {
                _isFailing = true;
                _logger.StoreFailed(e, _files.Directory);
            }
        }
    }

    private void Compact()
    {
        try
        {
            _files.Compact();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _logger.StoreFailed(e, _files.Directory);
        }
    }

    /// <summary>Under the gate: true if there is room for a record.</summary>
    private bool Admit()
    {
        if (_pending.Length < MostPendingBytes)
        {
            return true;
        }

        Interlocked.Increment(ref _recordsLost);
        return false;
    }

    /// <summary>Under the gate: the message is in the file being written, or about to be.</summary>
    private void Ensure(StoredMessage message)
    {
        if (message.StoreFile == _file)
        {
            return;
        }

        message.StoreId = message.StoreId == 0 ? ++_number : message.StoreId;
        message.StoreFile = _file;
        StoreRecords.WriteMessage(_pending, message);
    }

    /// <summary>Under the gate: the writer knows that there is work.</summary>
    private void Wake()
    {
        if (!_isAwake)
        {
            _isAwake = true;
            _wake.Release();
        }
    }
}
