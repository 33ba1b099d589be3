using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Tests.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>A broker that is away, refuses, crawls, breaks connections in the middle of packets and forgets what it acknowledged: nothing is lost and nothing doubled.</summary>
public sealed class BadLineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [MosquittoFact]
    public async Task Whatever_the_line_does_every_reading_of_the_outbox_arrives_once_and_in_order()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var line = new FaultProxy(broker.Endpoint, seed: 7);
        line.Become(ProxyFault.Refuses);
        var configuration = Configure(line.Endpoint);
        await using var cloud = await CursorCloud.StartAsync(broker.Endpoint, configuration.Gateway);
        using var stop = new CancellationTokenSource();
        await using var board = BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance);
        var agent = new EdgeAgent(configuration, board, new ServiceNotifier(null, null, NullLogger.Instance), TimeProvider.System, NullLoggerFactory.Instance).RunAsync(() => Patience, stop.Token);
        await Eventually(() => line.Connections > 1, agent);
        foreach (var fault in (ProxyFault[])[ProxyFault.Crawls, ProxyFault.BreaksInMidPacket, ProxyFault.Refuses, ProxyFault.None, ProxyFault.BreaksInMidPacket])
        {
            var (rows, connections) = (cloud.RowCount, line.Connections);
            line.Become(fault);
            await Eventually(() => fault == ProxyFault.Refuses ? line.Connections > connections : cloud.RowCount > rows + 300 && (fault != ProxyFault.BreaksInMidPacket || line.Connections > connections + 2), agent);
        }

        // And the broker itself goes and forgets.
        await broker.RestartAsync();
        line.Become(ProxyFault.None);
        var before = cloud.RowCount;
        await Eventually(() => cloud.RowCount > before + 300, agent);
        await stop.CancelAsync();
        await agent.WaitAsync(Patience);

        var outbox = OutboxLoader.Load(configuration.Outbox.Directory, repair: false).ToStatus();
        Assert.Equal((0UL, 0UL), (outbox.Depth, outbox.DroppedReadings));
        Assert.Equal(outbox.ReadingsAppended, (ulong)cloud.RowCount);
        cloud.AssertOnceAndInOrder();
    }

    private static async Task Eventually(Func<bool> holds, Task alive)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        while (!holds())
        {
            if (alive.IsCompleted)
            {
                await alive;
                Assert.Fail("the agent ended by itself");
            }

            await Task.Delay(10, giveUp.Token);
        }
    }

    private EdgeConfiguration Configure(MqttEndpoint endpoint)
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "{{endpoint}}", "reconnectMinimumSeconds": 0.05, "reconnectMaximumSeconds": 0.5 },
              "board": { "kind": "simulated-feeder", "speed": 600 },
              "sampling": { "pollMs": 20 },
              "framing": { "maximumReadings": 40 },
              "outbox": { "segmentBytes": 4096 },
              "uplink": { "resendAfterSeconds": 1, "window": 32 }
            }
            """);
        return ConfigurationFile.Load(file);
    }
}
