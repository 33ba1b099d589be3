using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Supervision;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>A broker that takes the connection and then answers nothing.</summary>
public sealed class SilentBrokerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task It_does_not_hold_up_the_agents_stop()
    {
        using var broker = new SilentBroker();
        using var stop = new CancellationTokenSource();
        var time = new CountedTime();
        var configuration = Configure(broker.Endpoint.ToString());
        var board = BoardFactory.Create(configuration.Board, time, NullLoggerFactory.Instance);
        var agent = new EdgeAgent(configuration, board, new ServiceNotifier(null, null, NullLogger.Instance), time, NullLoggerFactory.Instance).RunAsync(static () => TimeSpan.Zero, stop.Token);

        // The birth, which is never acknowledged.
        using var connection = await broker.AcceptUntilAsync(SilentBroker.Publish);
        time.Begin();
        await stop.CancelAsync();
        await agent.WaitAsync(Patience);
        Assert.InRange(time.RanOut, TimeSpan.Zero, LongestStop);
    }

    private EdgeConfiguration Configure(string endpoint)
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "{{endpoint}}" },
              "board": { "kind": "simulated-feeder", "count": 5 }
            }
            """);
        return ConfigurationFile.Load(file);
    }
}
