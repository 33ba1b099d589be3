using System.Threading.Channels;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>A bounded number of workers, started when first needed, each rented to one operation at a time. Who comes when all are busy waits his turn.</summary>
internal sealed class WorkerPool
{
    private readonly string _name;
    private readonly EmbeddedEngineOptions _options;
    private readonly Channel<EngineWorker?> _free;
    private readonly Lock _gate = new();
    private readonly List<EngineWorker> _all = [];
    private int _started;
    private bool _closing;

    public WorkerPool(string name, int limit, EmbeddedEngineOptions options)
    {
        _name = name;
        _options = options;
        _free = Channel.CreateBounded<EngineWorker?>(limit);
        for (int i = 0; i < limit; i++)
        {
            _free.Writer.TryWrite(null); // a place whose worker is not started yet
        }
    }

    public async ValueTask<EngineWorker> RentAsync(CancellationToken cancellationToken)
    {
        EngineWorker? worker;
        try
        {
            worker = await _free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(EmbeddedEngine));
        }

        if (worker is not null)
        {
            return worker;
        }

        try
        {
            worker = await EngineWorker.StartAsync($"{_name}-{Interlocked.Increment(ref _started)}", _options).ConfigureAwait(false);
        }
        catch
        {
            _free.Writer.TryWrite(null);
            throw;
        }

        lock (_gate)
        {
            _all.RemoveAll(closed => closed.WaitClosed(TimeSpan.Zero));
            _all.Add(worker);
            if (_closing)
            {
                worker.BeginClose();
            }
        }

        return worker;
    }

    /// <summary>Ends a rent. A worker whose connection is not as it was is closed, and replaced when needed.</summary>
    public void Return(EngineWorker worker, bool reusable)
    {
        if (!reusable)
        {
            worker.BeginClose();
        }

        _free.Writer.TryWrite(reusable ? worker : null);
    }

    /// <summary>No more rents; every worker closes after the work at hand.</summary>
    public IReadOnlyList<EngineWorker> BeginClose()
    {
        lock (_gate)
        {
            _closing = true;
            _free.Writer.TryComplete();
            foreach (EngineWorker worker in _all)
            {
                worker.BeginClose();
            }

            return [.. _all];
        }
    }
}
