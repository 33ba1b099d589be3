using Microsoft.AspNetCore.Connections;

namespace IotTelemetry.Broker.Connections;

/// <summary>All open connections, for what has to look at each of them from time to time. Thread-safe.</summary>
internal sealed class ConnectionTable
{
    private readonly Lock _gate = new();
    private readonly List<ClientConnection> _connections = [];
    private readonly Queue<(ConnectionContext Context, long Deadline)> _lingering = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    public void Add(ClientConnection connection)
    {
        lock (_gate)
        {
            connection.TableIndex = _connections.Count;
            _connections.Add(connection);
        }
    }

    public void Remove(ClientConnection connection)
    {
        lock (_gate)
        {
            var last = _connections[^1];
            _connections[connection.TableIndex] = last;
            last.TableIndex = connection.TableIndex;
            _connections.RemoveAt(_connections.Count - 1);
        }
    }

    /// <summary>Copies the connections of this moment into a list.</summary>
    public void CopyTo(List<ClientConnection> target)
    {
        lock (_gate)
        {
            target.AddRange(_connections);
        }
    }

    /// <summary>Has a closing connection cut at a deadline, so that a peer that does not read cannot keep it. Deadlines rise from call to call.</summary>
    public void Linger(ConnectionContext context, long deadline)
    {
        lock (_gate)
        {
            _lingering.Enqueue((context, deadline));
        }
    }

    /// <summary>Cuts the connections whose deadline is over; those that have ended by themselves do not notice.</summary>
    public void CutLingering(long now)
    {
        while (TryTakeLingering(now) is { } context)
        {
            context.Abort(new ConnectionAbortedException("The client did not take the last packets in time."));
        }
    }

    private ConnectionContext? TryTakeLingering(long now)
    {
        lock (_gate)
        {
            return _lingering.TryPeek(out var first) && first.Deadline <= now ? _lingering.Dequeue().Context : null;
        }
    }
}
