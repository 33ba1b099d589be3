using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Changes;

/// <summary>
/// One reader of changes. What changed while it was busy waits as a set: an asset that changed a hundred times is read once, with its newest value. So a slow reader costs at most one entry
/// per asset, and beyond <see cref="MaximumWaiting"/> a single mark to begin anew. One reader; the feed adds.
/// </summary>
internal sealed class ChangeSubscription(ChangeFeed feed, ChangeFilter filter) : IDisposable
{
    /// <summary>Assets that wait for the reader at most.</summary>
    public const int MaximumWaiting = 100_000;

    private readonly Lock _gate = new();
    private readonly ChangeSignal _signal = new();
    private HashSet<AssetId> _assets = [];
    private HashSet<LiveGateway> _gateways = [];
    private bool _isReset;
    private long _through;

    public ChangeFilter Filter { get; } = filter;

    /// <summary>Completes with what changed since the last call, as soon as there is anything.</summary>
    public async ValueTask<ChangeBatch> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isReset || _assets.Count > 0 || _gateways.Count > 0)
                {
                    ChangeBatch batch = new(_isReset, _assets, _gateways, _through);
                    (_assets, _gateways, _isReset) = ([], [], false);
                    return batch;
                }
            }

            await _signal.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => feed.Remove(this);

    internal void Add(IReadOnlyList<AssetId> assets, LiveGateway? gateway, long through)
    {
        if (assets.Count == 0 && gateway is null)
        {
            return;
        }

        lock (_gate)
        {
            _through = through;
            _assets.UnionWith(_isReset ? [] : assets);
            if (_assets.Count > MaximumWaiting)
            {
                Reset();
            }
            else if (gateway is not null && !_isReset)
            {
                _gateways.Add(gateway);
            }
        }

        _signal.Set();
    }

    /// <summary>The reader has to begin anew, from this change on.</summary>
    internal void Reset(long through)
    {
        lock (_gate)
        {
            _through = through;
            Reset();
        }

        _signal.Set();
    }

    private void Reset()
    {
        _isReset = true;
        _assets.Clear();
        _gateways.Clear();
    }
}
