using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Replay;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>The agent's whole way over real MQTT, with mosquitto between it and the least of clouds.</summary>
public sealed class ThroughMosquittoTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [MosquittoFact]
    public async Task A_replay_ends_when_every_reading_is_confirmed_and_each_arrived_once()
    {
        var rows = Enumerable.Range(0, 30_000).Select(i => $"x,{DateTimeOffset.FromUnixTimeSeconds(1_700_000_000 + i):yyyy-MM-dd'T'HH:mm:sszzz},1,{(i % 3 == 0 ? "Present" : "Unoccupied")},{i % 500},\"-37.8, 144.9\"");
        var file = Path.Combine(_directory.Path, "bays.csv");
        await File.WriteAllLinesAsync(file, ["Lastupdated,Status_Timestamp,Zone_Number,Status_Description,KerbsideID,Location", .. rows, "a bad row"]);
        await using var broker = await MosquittoBroker.StartAsync();
        var gateway = new GatewayId("melbourne", "bays");
        await using var cloud = await CursorCloud.StartAsync(broker.Endpoint, gateway);

        var request = new ReplayRequest(file, "melbourne-bays", gateway.Site, gateway.Gateway, broker.Endpoint.ToString(), Path.Combine(_directory.Path, "state"), "UTC");
        var summary = await new ReplayRun(request, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.Equal(new ReplaySummary(30_001, 1, 0, 0, 30_000, 0, Drained: true), summary);
        Assert.Equal(30_000, cloud.Rows.Count);
        Assert.Equal(30_000, cloud.Rows.Distinct().Count());
        Assert.Equal(10_000, cloud.Rows.Count(r => r.Value == 1));
        Assert.Equal(500, Assert.Single(cloud.Births).Value.Assets.Count);
    }

    [MosquittoFact]
    public async Task A_broker_that_is_killed_and_forgets_everything_loses_nothing()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var configuration = Configure(broker.Endpoint.ToString());
        await using var cloud = await CursorCloud.StartAsync(broker.Endpoint, configuration.Gateway);
        using var stop = new CancellationTokenSource();
        var board = BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance);
        var agent = new EdgeAgent(configuration, board, new ServiceNotifier(null, null, NullLogger.Instance), TimeProvider.System, NullLoggerFactory.Instance).RunAsync(() => Patience, stop.Token);
        for (var kill = 0; kill < 3; kill++)
        {
            var rows = cloud.RowCount;
            await Eventually(() => cloud.RowCount > rows + 2000, agent);
            await broker.RestartAsync();
        }

        await stop.CancelAsync();
        await agent.WaitAsync(Patience);
        var outbox = OutboxLoader.Load(configuration.Outbox.Directory, repair: false).ToStatus();
        Assert.Equal(0UL, outbox.Depth);
        Assert.Equal(outbox.ReadingsAppended, (ulong)cloud.Rows.Count);
        Assert.Equal(cloud.Rows.Count, cloud.Rows.Select(r => (r.Asset, r.Point, r.TimestampMs)).Distinct().Count());
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

    private EdgeConfiguration Configure(string endpoint)
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(file, $$"""
            {
              "site": "station", "gateway": "gw-1", "state": "state",
              "mqtt": { "endpoint": "{{endpoint}}", "reconnectMinimumSeconds": 0.2 },
              "board": { "kind": "simulated-feeder", "speed": 600 },
              "sampling": { "pollMs": 10 },
              "framing": { "maximumReadings": 100 },
              "uplink": { "resendAfterSeconds": 1 }
            }
            """);
        return ConfigurationFile.Load(file);
    }
}
