using System.Diagnostics;
using System.Text;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Robustness;

/// <summary>Everybody comes back at once.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class ReconnectStormTests
{
    private const int Clients = 2000;

    [Fact]
    public async Task Two_thousand_clients_come_back_within_10_s_of_a_restart_with_their_messages()
    {
        var directory = Directory.CreateTempSubdirectory("iot-broker-storm-");
        try
        {
            var options = new MqttBrokerOptions { StoreDirectory = directory.FullName };
            await using (var host = await TestBroker.StartAsync(options))
            {
                await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => SubscribeAndLeaveAsync(host.TcpPort, i)));
                for (var i = 0; i < Clients; i++)
                {
                    await host.Broker.PublishAsync(new MqttMessage
                    {
                        Topic = $"to/{i}", Payload = Encoding.UTF8.GetBytes($"for {i}"), QualityOfService = MqttQualityOfService.AtLeastOnce,
                    });
                }
            }

            var clock = Stopwatch.StartNew();
            await using var again = await TestBroker.StartAsync(options);
            Assert.Equal(Clients, again.Broker.Counters.QueuedMessages);
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => ComeBackAsync(again.TcpPort, i)));

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"it took {clock.Elapsed}");
            Assert.Equal(0, again.Broker.Counters.QueuedMessages);
            Assert.Equal(0, again.Broker.Counters.StoreRecordsLost);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Task<RawClient> ConnectAsync(int port, int i) =>
        RawClient.ConnectAsync(port, $"storm-{i}", MqttProtocolVersion.V311, new MqttConnectPacket());

    private static async Task SubscribeAndLeaveAsync(int port, int i)
    {
        await using var client = await ConnectAsync(port, i);
        await client.SubscribeAsync($"to/{i}", qos: 1);
        await client.DisconnectAsync();
        await client.ExpectClosedAsync();
    }

    private static async Task ComeBackAsync(int port, int i)
    {
        await using var client = await ConnectAsync(port, i);
        Assert.True(client.ConnAck.SessionPresent);
        var publish = await client.ReceivePublishAsync();
        Assert.Equal($"for {i}", publish.PayloadText());
        await client.SendAckAsync(MqttPacketType.PubAck, publish.PacketId);
        await client.ExpectNothingAsync();
    }
}
