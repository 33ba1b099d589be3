namespace IotTelemetry.Benchmarks.Broker;

/// <summary>Our broker takes the publishes of one client and hands them to an in-process handler.</summary>
public sealed class BrokerTakes(int qos, TimeSpan? duration = null)
{
    public async Task<BrokerFigure> RunAsync()
    {
        await using var host = await BenchBroker.StartAsync();
        using var handler = host.Broker.AddHandler("bench/#", new CountingHandler());
        return await Task.Factory.StartNew(
            () => new TakeLoad(host.Port, qos, duration ?? TimeSpan.FromSeconds(3)).Run($"broker takes QoS {qos}, in-process handler"),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
