namespace IotTelemetry.ClickHouse.Server;

/// <summary>
/// Chooses the replica for a request: the healthy ones in turn, so that load spreads; one that failed is left out for a time that doubles with every failure, and
/// is then tried again by one request. When all have failed, the one whose pause ends first.
/// </summary>
internal sealed class ReplicaSet(IReadOnlyList<Uri> endpoints, TimeProvider time)
{
    private readonly Replica[] _replicas = [.. endpoints.Select(endpoint => new Replica(endpoint))];
    private readonly Lock _gate = new();
    private int _turn;

    public Replica Choose()
    {
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            Replica? soonest = null;
            for (int i = 0; i < _replicas.Length; i++)
            {
                Replica replica = _replicas[(_turn + i) % _replicas.Length];
                if (replica.NotBefore <= now)
                {
                    _turn = (_turn + i + 1) % _replicas.Length;
                    if (replica.Failures > 0)
                    {
                        replica.Failed(now); // Until this request has succeeded the others stay away.
                    }

                    return replica;
                }

                soonest = soonest is null || replica.NotBefore < soonest.NotBefore ? replica : soonest;
            }

            return soonest!;
        }
    }

    public void Report(Replica replica, bool healthy)
    {
        lock (_gate)
        {
            if (healthy)
            {
                replica.Succeeded();
            }
            else
            {
                replica.Failed(time.GetUtcNow());
            }
        }
    }
}
