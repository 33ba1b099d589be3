using System.Collections.Concurrent;
using IotTelemetry.Cloud.Changes;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// What holds assets at the moment: a pending command, lockouts. Few assets have any, so those that do are in a dictionary beside the live state. Who commands and who locks out writes
/// here; whoever shows an asset reads. Thread-safe.
/// </summary>
internal sealed class AssetHolds(ChangeSignal? changed = null)
{
    private readonly ConcurrentDictionary<AssetId, AssetHold> _holds = new();
    private readonly ConcurrentDictionary<AssetId, bool> _changed = new();

    /// <summary>How many assets are held.</summary>
    public int Count => _holds.Count;

    /// <summary>What holds this asset; <see cref="AssetHold.None"/> for nothing.</summary>
    public AssetHold Of(AssetId asset) => _holds.GetValueOrDefault(asset, AssetHold.None);

    /// <summary>Sets or, with null, ends the pending command of an asset.</summary>
    public void SetPending(AssetId asset, PendingCommand? pending) => Update(asset, hold => hold with { Pending = pending });

    /// <summary>Sets or, with null, lifts the lockout of an asset.</summary>
    public void SetLockout(AssetId asset, AssetLockout? lockout) => Update(asset, hold => hold with { Lockout = lockout });

    /// <summary>The assets whose holds changed since the last call.</summary>
    public List<AssetId> TakeChanged()
    {
        List<AssetId> taken = [];
        foreach ((AssetId asset, _) in _changed)
        {
            if (_changed.TryRemove(asset, out _))
            {
                taken.Add(asset);
            }
        }

        return taken;
    }

    private void Update(AssetId asset, Func<AssetHold, AssetHold> change)
    {
        while (true)
        {
            AssetHold before = Of(asset);
            AssetHold after = change(before);
            bool done = before == AssetHold.None ? after == AssetHold.None || _holds.TryAdd(asset, after)
                : after == AssetHold.None ? _holds.TryRemove(KeyValuePair.Create(asset, before))
                : _holds.TryUpdate(asset, after, before);
            if (done)
            {
                if (after != before)
                {
                    _changed[asset] = true;
                    changed?.Set();
                }

                return;
            }
        }
    }
}
