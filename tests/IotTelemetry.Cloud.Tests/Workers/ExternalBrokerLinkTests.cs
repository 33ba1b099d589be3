using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Tests.Peers;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Cloud.Tests.Workers;

public sealed class ExternalBrokerLinkTests
{
    [MosquittoFact]
    public async Task A_broker_that_has_nobody_to_give_a_message_to_says_so()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        GatewayId gateway = new("yard", "gw-1");
        MqttMessage message = new() { Topic = new GatewayTopics(gateway).Command, Payload = new byte[] { 1 }, QualityOfService = MqttQualityOfService.AtLeastOnce };
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using ExternalBrokerLink link = new(new BrokerOptions { Endpoint = broker.Endpoint }, TimeProvider.System, NullLoggerFactory.Instance);
        link.Receive(TopicKind.Result, (_, _) => ValueTask.CompletedTask);
        link.Open(PartitionSet.Of([gateway.Partition]));
        while (link.Connected.Count == 0)
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.False(await link.SendAsync(gateway, message, limit.Token));

        await using MqttClient client = new(new MqttClientOptions { Endpoint = broker.Endpoint, ClientId = gateway.ToString() });
        await client.ConnectAsync(limit.Token);
        MqttSubscription subscription = await client.SubscribeAsync(message.Topic, (_, _) => ValueTask.CompletedTask, cancellationToken: limit.Token);
        await subscription.Accepted.WaitAsync(limit.Token);
        Assert.True(await link.SendAsync(gateway, message, limit.Token));
    }
}
