using Microsoft.AspNetCore.Connections;

namespace IotTelemetry.Broker.Connections;

/// <summary>All open connections, for what has to look at each of them from time to time. Thread-safe.</summary>
internal sealed class ConnectionTable
{
    private readonly Lock _gate = new();
    private readonly List<ClientConnection> _connections = [];
    private readonly List<(ConnectionContext Context, long Deadline)> _lingering = [];

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

    /// <summary>Has a closing connection cut at a deadline, so that a peer that does not read cannot keep it.</summary>
    public void Linger(ConnectionContext context, long deadline)
    {
        lock (_gate)
        {
            _lingering.Add((context, deadline));
        }
    }

    /// <summary>Cuts the connections whose deadline is over and forgets those that have ended by themselves.</summary>
    public void CutLingering(long now)
    {
        List<ConnectionContext> late = [];
        lock (_gate)
        {
            _lingering.RemoveAll(lingering =>
            {
                var isLate = lingering.Deadline <= now;
                if (isLate)
                {
                    late.Add(lingering.Context);
                }

                return isLate || lingering.Context.ConnectionClosed.IsCancellationRequested;
            });
        }

        foreach (var context in late)
        {
            context.Abort(new ConnectionAbortedException("The client did not take the last packets in time."));
        }
    }
}
