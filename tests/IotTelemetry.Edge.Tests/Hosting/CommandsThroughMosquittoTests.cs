using System.Collections.Concurrent;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Hosting;
using IotTelemetry.Edge.Supervision;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>Commands over real MQTT to the real agent on a simulated feeder, whose contactors answer.</summary>
public sealed class CommandsThroughMosquittoTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private readonly ConcurrentQueue<CommandResult> _results = new();

    public void Dispose() => _directory.Dispose();

    [MosquittoFact]
    public async Task A_command_is_verified_once_however_often_it_comes_and_one_that_expired_while_the_gateway_was_away_never_runs()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var configuration = Configure(broker.Endpoint.ToString());
        var topics = new GatewayTopics(configuration.Gateway);
        await using var cloud = new MqttClient(new MqttClientOptions { Endpoint = broker.Endpoint, ClientId = "cloud" });
        await cloud.ConnectAsync(CancellationToken.None);
        await cloud.SubscribeAsync(topics.Result, Note, null, CancellationToken.None);

        var late = Off("load-02", expiresInMs: -30_000);
        await RunAsync(configuration, async () =>
        {
            var command = Off("load-01", expiresInMs: 60_000);
            await UntilAsync(() => _results.Any(r => r.Id == command.Id && r.State == CommandState.Verified), () => SendAsync(cloud, topics, command));
            await SendAsync(cloud, topics, command);
            await SendAsync(cloud, topics, late);
            await UntilAsync(() => _results.Any(r => r.Id == late.Id));
            Assert.All(_results.Where(r => r.Id == late.Id), r => Assert.Equal(CommandState.Expired, r.State));
            Assert.DoesNotContain(_results, r => r.State == CommandState.Failed);
        });

        // The same again after a restart: answered from the disk, and the late one with its first answer.
        _results.Clear();
        await RunAsync(configuration, async () =>
        {
            var missed = Off("load-03", expiresInMs: -30_000);
            await UntilAsync(() => _results.Any(r => r.Id == missed.Id), () => SendAsync(cloud, topics, missed));
            Assert.All(_results.Where(r => r.Id == missed.Id), r => Assert.Equal(CommandState.Expired, r.State));
            await SendAsync(cloud, topics, late);
            await UntilAsync(() => _results.Any(r => r.Id == late.Id));
            Assert.All(_results.Where(r => r.Id == late.Id), r => Assert.Equal(CommandState.Expired, r.State));
        });
    }

    private static Command Off(string asset, long expiresInMs)
    {
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        return new Command
        {
            Id = Guid.CreateVersion7(),
            Phase = CommandPhase.Direct,
            Asset = asset,
            Point = "state",
            Value = PointValue.Of(false),
            Author = "anna",
            Reason = "test",
            IssuedMs = nowMs - 60_000,
            ExpiresMs = nowMs + expiresInMs,
            LifeMs = Math.Max(expiresInMs, 1),
        };
    }

    private static async Task SendAsync(MqttClient cloud, GatewayTopics topics, Command command) =>
        await cloud.PublishAsync(new MqttMessage { Topic = topics.Command, Payload = command.Encode(), QualityOfService = MqttQualityOfService.AtLeastOnce }, CancellationToken.None);

    /// <summary>Waits until it is so, and does <paramref name="meanwhile"/> again and again: a command sent before the agent has subscribed is heard by nobody.</summary>
    private static async Task UntilAsync(Func<bool> holds, Func<Task>? meanwhile = null)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        while (!holds())
        {
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            await Task.Delay(50, giveUp.Token);
        }
    }

    private static async Task RunAsync(EdgeConfiguration configuration, Func<Task> work)
    {
        using var stop = new CancellationTokenSource();
        var board = BoardFactory.Create(configuration.Board, TimeProvider.System, NullLoggerFactory.Instance);
        var agent = new EdgeAgent(configuration, board, new ServiceNotifier(null, null, NullLogger.Instance), TimeProvider.System, NullLoggerFactory.Instance).RunAsync(() => TimeSpan.Zero, stop.Token);
        try
        {
            await work();
        }
        finally
        {
            await stop.CancelAsync();
            await agent.WaitAsync(Patience);
        }
    }

    private ValueTask Note(MqttReceivedMessage message, CancellationToken cancellationToken)
    {
        _results.Enqueue(CommandResult.Decode(message.Payload.Span));
        return ValueTask.CompletedTask;
    }

    private EdgeConfiguration Configure(string endpoint)
    {
        var file = Path.Combine(_directory.Path, "edge.json");
        File.WriteAllText(file, $$"""
            {
              "site": "mill-lane", "gateway": "feeder", "state": "state",
              "mqtt": { "endpoint": "{{endpoint}}" },
              "clock": { "trusted": true },
              "board": { "kind": "simulated-feeder", "count": 4 },
              "feedback": { "state": { "point": "closed", "timeoutMs": 30000 } }
            }
            """);
        return ConfigurationFile.Load(file);
    }
}
