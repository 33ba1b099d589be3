using System.Runtime.InteropServices;
using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Connections;

/// <summary>The topic aliases this broker has given one client (MQTT 5.0 section 3.3.2.3.4): first come, first served. The output's gate guards it.</summary>
internal sealed class OutgoingAliases(ushort maximum)
{
    private readonly Dictionary<byte[], ushort> _aliases = new(Utf8LevelComparer.Instance);

    /// <summary>The alias for a topic; 0 if there is none left. <paramref name="isNew"/>: the client must be sent the topic with it.</summary>
    public ushort Get(ReadOnlySpan<byte> topic, out bool isNew)
    {
        isNew = false;
        var lookup = _aliases.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (_aliases.Count == maximum)
        {
            return lookup.TryGetValue(topic, out var known) ? known : (ushort)0;
        }

        ref var alias = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, topic, out var exists);
        if (!exists)
        {
            alias = (ushort)_aliases.Count;
            isNew = true;
        }

        return alias;
    }
}
