using System.Collections.Concurrent;

namespace IotTelemetry.Cloud.Assets;

/// <summary>One site of the live state: its gateways, and which of them has an asset. Thread-safe; reading takes no lock.</summary>
internal sealed class LiveSite(string name)
{
    private readonly ConcurrentDictionary<string, LiveGateway> _owners = new(StringComparer.Ordinal);
    private int _assets;

    public string Name { get; } = name;

    /// <summary>Its gateways, sorted by name.</summary>
    public SortedRegister<LiveGateway> Gateways { get; } = new();

    /// <summary>How many assets its gateways have.</summary>
    public int Assets => Volatile.Read(ref _assets);

    /// <summary>The asset with this name; null when no gateway has it.</summary>
    public LiveAsset? Find(string asset) =>
        _owners.TryGetValue(asset, out LiveGateway? gateway) && gateway.Model is { } model && model.Find(asset) is >= 0 and int number ? new LiveAsset(gateway, model, number) : null;

    /// <summary>Whether this gateway is the one that has the asset.</summary>
    public bool IsOwner(LiveGateway gateway, string asset) => _owners.TryGetValue(asset, out LiveGateway? owner) && owner == gateway;

    /// <summary>
    /// A gateway has a new model. Assets that it did not have before become its own, with the values they had at another gateway; those it no longer has are free.
    /// The gateway's writer only.
    /// </summary>
    internal void TakeOwnership(LiveGateway gateway, LiveModel? before, LiveModel model)
    {
        for (int asset = 0; asset < model.Assets; asset++)
        {
            string name = model.Names[asset];
            if (_owners.TryGetValue(name, out LiveGateway? other) && other != gateway)
            {
                bool hadItBefore = before is not null && before.Find(name) >= 0;
                if (hadItBefore || other.DescribedAtMs > gateway.DescribedAtMs)
                {
                    continue; // The other one took it since.
                }

                if (other.Model is { } otherModel && otherModel.Find(name) is >= 0 and int number)
                {
                    model.TakeOver(asset, otherModel, number);
                }
            }

            if (_owners.TryAdd(name, gateway))
            {
                Interlocked.Increment(ref _assets); // The dictionary's own count takes its locks.
            }
            else
            {
                _owners[name] = gateway;
            }
        }

        for (int asset = 0; before is not null && asset < before.Assets; asset++)
        {
            if (model.Find(before.Names[asset]) < 0 && _owners.TryRemove(KeyValuePair.Create(before.Names[asset], gateway)))
            {
                Interlocked.Decrement(ref _assets);
            }
        }
    }
}
