using System.Collections.Immutable;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Changes;

/// <summary>
/// Finds what changed in the live state and tells those who want to know. It looks when something changed, at most every <see cref="Interval"/>, and once a second for gateways that
/// fell silent. Ingest only marks what it touched: a hundred readers cost it nothing.
/// </summary>
internal sealed class ChangeFeed(LiveState live, TimeProvider time)
{
    /// <summary>Least time between two looks: what changes faster is seen at this rate.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Changes that are remembered for readers who come back.</summary>
    public const int Remembered = 1 << 18;

    private static readonly TimeSpan PresenceInterval = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<LiveGateway, Seen> _seen = [];
    private readonly ChangeHistory _history = new(Remembered);
    private readonly List<AssetId> _changed = [];
    private readonly List<AssetId> _wanted = [];
    private ImmutableArray<ChangeSubscription> _subscriptions = [];

    /// <summary>Differs from start to start: the numbers of changes begin anew.</summary>
    public string Run { get; } = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Begins to read changes. Dispose the subscription to end it.</summary>
    /// <param name="filter">Whose.</param>
    /// <param name="after">The last change the reader knows, from <see cref="ChangeBatch.Through"/>; null to begin now. When it is forgotten, the reader is told to begin anew.</param>
    public ChangeSubscription Subscribe(ChangeFilter filter, long? after)
    {
        ChangeSubscription subscription = new(this, filter);
        lock (_gate)
        {
            _subscriptions = _subscriptions.Add(subscription);
            if (after is { } known && !_history.Covers(known))
            {
                subscription.Reset(_history.Last);
            }
            else if (after is { } from)
            {
                Repeat(subscription, from);
            }
        }

        return subscription;
    }

    /// <summary>Looks for changes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer presence = new(PresenceInterval, time);
        Task changed = live.Changed.WaitAsync(cancellationToken).AsTask();
        Task<bool> tick = presence.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            await Task.WhenAny(changed, tick);
            if (changed.IsCompleted)
            {
                await changed;
                changed = live.Changed.WaitAsync(cancellationToken).AsTask();
            }

            if (tick.IsCompleted)
            {
                await tick;
                tick = presence.WaitForNextTickAsync(cancellationToken).AsTask();
            }

            Look();
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Looks once.</summary>
    public void Look()
    {
        lock (_gate)
        {
            long now = time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (LiveGateway gateway in live.GatewaysAfter(null, null))
            {
                Look(gateway, now);
            }

            foreach (AssetId id in live.Holds.TakeChanged())
            {
                if (live.Find(id) is { } asset)
                {
                    Tell(asset.Gateway, asset.Model, [id], isGatewayChanged: false);
                }
            }
        }
    }

    internal void Remove(ChangeSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = _subscriptions.Remove(subscription);
        }
    }

    private void Look(LiveGateway gateway, long nowMs)
    {
        if (!_seen.TryGetValue(gateway, out Seen? seen))
        {
            _seen.Add(gateway, seen = new Seen());
        }

        // The number first: what is written while the assets are looked at has a higher one, and is seen again.
        uint changes = gateway.Changes;
        GatewayStatus? status = gateway.Status;
        GatewayPresence presence = gateway.Presence(nowMs);
        LiveModel? model = gateway.Model;
        bool isGatewayChanged = status != seen.Status || presence != seen.Presence || model?.Hash != seen.Birth;
        if (changes == seen.Changes && !isGatewayChanged)
        {
            return;
        }

        _changed.Clear();
        for (int asset = 0; model is not null && changes != seen.Changes && asset < model.Assets; asset++)
        {
            // As a difference, because the number wraps around.
            if ((int)(model.ChangedAt(asset) - seen.Changes) > 0 && gateway.Site.IsOwner(gateway, model.Names[asset]))
            {
                _changed.Add(new AssetId(gateway.Id.Site, model.Names[asset]));
            }
        }

        (seen.Changes, seen.Status, seen.Presence, seen.Birth) = (changes, status, presence, model?.Hash);
        Tell(gateway, model, _changed, isGatewayChanged);
    }

    private void Tell(LiveGateway gateway, LiveModel? model, List<AssetId> assets, bool isGatewayChanged)
    {
        foreach (AssetId asset in assets)
        {
            _history.Add(asset, gateway);
        }

        if (isGatewayChanged)
        {
            _history.Add(gateway);
        }

        foreach (ChangeSubscription subscription in _subscriptions)
        {
            if (!subscription.Filter.Admits(gateway))
            {
                continue;
            }

            _wanted.Clear();
            foreach (AssetId asset in assets)
            {
                if (model!.Find(asset.Name) is >= 0 and int number && subscription.Filter.Admits(new LiveAsset(gateway, model, number), live.Holds))
                {
                    _wanted.Add(asset);
                }
            }

            subscription.Add(_wanted, isGatewayChanged && subscription.Filter.WantsGateways ? gateway : null, _history.Last);
        }
    }

    private void Repeat(ChangeSubscription subscription, long after)
    {
        foreach ((AssetId id, LiveGateway gateway) in _history.After(after))
        {
            if (!subscription.Filter.Admits(gateway))
            {
                continue;
            }

            if (id == default)
            {
                subscription.Add([], subscription.Filter.WantsGateways ? gateway : null, _history.Last);
            }
            else if (live.Find(id) is { } asset && subscription.Filter.Admits(asset, live.Holds))
            {
                subscription.Add([id], null, _history.Last);
            }
        }
    }

    private sealed class Seen
    {
        public uint Changes { get; set; }

        public GatewayStatus? Status { get; set; }

        public GatewayPresence Presence { get; set; }

        public BirthHash? Birth { get; set; }
    }
}
