using IotTelemetry.Cloud.Ingest;

namespace IotTelemetry.Cloud.Telemetry;

/// <summary>The few gateways with the highest values; keeps no more than these. Not thread-safe.</summary>
internal sealed class TopGateways(int size)
{
    private readonly PriorityQueue<GatewaySession, long> _lowestFirst = new(size + 1);

    public void Add(GatewaySession gateway, long value)
    {
        if (value <= 0)
        {
            return;
        }

        _lowestFirst.Enqueue(gateway, value);
        if (_lowestFirst.Count > size)
        {
            _lowestFirst.Dequeue();
        }
    }

    /// <summary>Empties the list, highest first.</summary>
    public IReadOnlyList<(GatewaySession Gateway, long Value)> Take()
    {
        List<(GatewaySession, long)> ranked = [];
        while (_lowestFirst.TryDequeue(out GatewaySession? gateway, out long value))
        {
            ranked.Add((gateway, value));
        }

        ranked.Reverse();
        return ranked;
    }
}
