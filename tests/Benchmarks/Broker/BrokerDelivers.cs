namespace IotTelemetry.Benchmarks.Broker;

/// <summary>Our broker delivers the publishes of one client to one subscriber.</summary>
public sealed class BrokerDelivers(int qos, TimeSpan? duration = null)
{
    public async Task<BrokerFigure> RunAsync()
    {
        await using var host = await BenchBroker.StartAsync();
        return await Task.Factory.StartNew(
            () => new DeliverLoad(host.Port, qos, duration ?? TimeSpan.FromSeconds(3)).Run($"broker delivers QoS {qos} to one subscriber"),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
