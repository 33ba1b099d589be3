using IotTelemetry.Cloud.Assets;

namespace IotTelemetry.Cloud.Changes;

/// <summary>The last changes, so that a reader who was gone for a moment can go on where it was. Bounded: older ones are forgotten. Not thread-safe.</summary>
internal sealed class ChangeHistory(int capacity)
{
    private readonly (AssetId Asset, LiveGateway Gateway)[] _changes = new (AssetId, LiveGateway)[capacity];

    /// <summary>The number of the last change; the first one has 1.</summary>
    public long Last { get; private set; }

    /// <summary>Whether all changes behind this one are remembered.</summary>
    public bool Covers(long change) => change <= Last && Last - change <= _changes.Length;

    /// <summary>Adds a change of an asset.</summary>
    public void Add(AssetId asset, LiveGateway gateway)
    {
        Last++;
        _changes[Last % _changes.Length] = (asset, gateway);
    }

    /// <summary>Adds a change of a gateway itself.</summary>
    public void Add(LiveGateway gateway) => Add(default, gateway);

    /// <summary>The changes behind one, oldest first; an asset has its default value where a gateway itself changed.</summary>
    public IEnumerable<(AssetId Asset, LiveGateway Gateway)> After(long change)
    {
        for (long number = change + 1; number <= Last; number++)
        {
            yield return _changes[number % _changes.Length];
        }
    }
}
