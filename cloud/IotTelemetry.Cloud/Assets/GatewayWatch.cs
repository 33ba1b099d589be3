using System.Threading.Channels;

namespace IotTelemetry.Cloud.Assets;

/// <summary>
/// Waits for changes of one gateway: its values, its model or its status. Changes that come while nobody waits are one: read the newest state after each. One reader.
/// </summary>
internal sealed class GatewayWatch(LiveGateway gateway) : IDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public LiveGateway Gateway { get; } = gateway;

    /// <summary>Completes at the next change, at once when there was one since the last call.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    public void Dispose() => Gateway.Remove(this);

    internal void Signal() => _signal.Writer.TryWrite(true);
}
