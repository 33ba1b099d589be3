using System.Text;
using IotTelemetry.Broker.Routing;

namespace IotTelemetry.Broker.Handlers;

/// <summary>A handler and the filter it stands at. Disposing takes it away.</summary>
internal sealed class HandlerRegistration(TopicTree<HandlerRegistration> handlers, string filter, IMqttPublishHandler handler) : IDisposable
{
    private readonly byte[] _filterUtf8 = Encoding.UTF8.GetBytes(filter);
    private int _failures;
    private int _isRemoved;

    public string Filter { get; } = filter;

    public IMqttPublishHandler Handler { get; } = handler;

    /// <summary>Counts a failure; true for the first, which is logged.</summary>
    public bool CountFailure() => Interlocked.Increment(ref _failures) == 1;

    public void Add() => handlers.Add(_filterUtf8, this);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRemoved, 1) == 0)
        {
            handlers.Remove(_filterUtf8, this);
        }
    }
}
