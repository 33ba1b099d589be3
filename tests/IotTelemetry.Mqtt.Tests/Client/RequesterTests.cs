using System.Text;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class RequesterTests : ClientFixture
{
    [Fact]
    public async Task Answers_find_their_requests_in_any_order()
    {
        var (requester, peer) = await StartAsync();
        var one = requester.RequestAsync(Message("do", "one", 0), TimeSpan.FromSeconds(10));
        var first = await peer.ReadPublishAsync();
        var two = requester.RequestAsync(Message("do", "two", 0), TimeSpan.FromSeconds(10));
        var second = await peer.ReadPublishAsync();
        Assert.Equal("answers", first.Properties.GetString(MqttPropertyId.ResponseTopic));
        Assert.Equal(10u, first.Properties.GetNumber(MqttPropertyId.MessageExpiryInterval));
        foreach (var request in (MqttPublishPacket[])[second, first])
        {
            await peer.SendPublishAsync("answers", $"re:{Text(request.Payload)}", properties: p => p.Add(
                MqttPropertyId.CorrelationData, request.Properties.GetBytes(MqttPropertyId.CorrelationData)!.Value.Span));
        }

        Assert.Equal("re:one", Text((await Within.Time(one)).Payload));
        Assert.Equal("re:two", Text((await Within.Time(two)).Payload));
    }

    [Fact]
    public async Task A_request_nobody_answers_times_out_and_a_late_answer_is_counted()
    {
        var (requester, peer) = await StartAsync();
        var request = requester.RequestAsync(Message("do", "x", 0), TimeSpan.FromMilliseconds(50));
        var packet = await peer.ReadPublishAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => Within.Time(request));
        await peer.SendPublishAsync("answers", "late", 1, 1, properties: p => p.Add(
            MqttPropertyId.CorrelationData, packet.Properties.GetBytes(MqttPropertyId.CorrelationData)!.Value.Span));
        await peer.ReadAckAsync(MqttPacketType.PubAck);
        Assert.Equal(1, requester.Unexpected);
    }

    [Fact]
    public async Task A_received_request_makes_its_own_response()
    {
        var (client, peer) = await ConnectAsync();
        var subscribing = client.SubscribeAsync("do", async (message, stop) =>
            await client.PublishAsync(message.CreateResponse(Encoding.UTF8.GetBytes("done")), stop));
        await peer.AcceptSubscribeAsync();
        await Within.Time(subscribing);
        await peer.SendPublishAsync("do", "x", properties: p => p
            .Add(MqttPropertyId.ResponseTopic, "back").Add(MqttPropertyId.CorrelationData, [42]));
        var response = await peer.ReadPublishAsync();
        Assert.Equal(("back", "done"), (Text(response.Topic), Text(response.Payload)));
        Assert.Equal([42], response.Properties.GetBytes(MqttPropertyId.CorrelationData)!.Value.ToArray());
    }

    private async Task<(MqttRequester Requester, ScriptedPeer Peer)> StartAsync()
    {
        var (client, peer) = await ConnectAsync();
        var starting = MqttRequester.StartAsync(client, "answers");
        await peer.AcceptSubscribeAsync();
        return (await Within.Time(starting), peer);
    }
}
