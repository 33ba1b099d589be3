using System.Diagnostics.Metrics;
using IotTelemetry.Broker.Limits;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>Rates and bounds: they meet the one client and nobody else.</summary>
public sealed class ServerLimitTests
{
    [Fact]
    public async Task A_client_above_its_message_rate_is_read_more_slowly_and_others_are_not()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { ClientMessagesPerSecond = 10 }, time: time);
        await using var fast = await RawClient.ConnectAsync(host.TcpPort, "fast", connect: new MqttConnectPacket { KeepAliveSeconds = 1 });
        await using var other = await RawClient.ConnectAsync(host.TcpPort, "other");
        for (ushort i = 1; i <= 12; i++)
        {
            await fast.PublishAsync("a", "x", qos: 1, packetId: i);
        }

        for (ushort i = 1; i <= 11; i++)
        {
            Assert.Equal(i, (await fast.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
        }

        await other.PublishAsync("a", "x", qos: 1, packetId: 1);
        await other.ReceiveAckAsync(MqttPacketType.PubAck);
        Assert.Equal(12, host.Broker.Counters.PublishesReceived);

        // the pause is the broker's doing, so it is no silence of the client
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(250));
                return host.Broker.Counters.PublishesReceived == 13;
            },
            "the twelfth is read once its time has come");
        Assert.Equal(12, (await fast.ReceiveAckAsync(MqttPacketType.PubAck)).PacketId);
    }

    [Fact]
    public void A_byte_rate_lets_a_large_packet_through_and_is_paid_afterwards()
    {
        var bucket = new TokenBucket(perSecond: 1000, burst: 1000, now: 0);

        Assert.Equal(0, bucket.Spend(1000, now: 0));
        Assert.Equal(2000, bucket.Spend(2000, now: 0));
        Assert.Equal(1, bucket.Spend(1, now: 2000));
        Assert.Equal(0, bucket.Spend(999, now: 100_000));
    }

    [Fact]
    public async Task Connections_above_the_rate_wait_for_their_turn_and_those_too_far_back_are_refused_with_0x9F()
    {
        var options = new MqttBrokerOptions { ConnectionsPerSecond = 1, ConnectionBurst = 1, ConnectTimeout = TimeSpan.FromSeconds(1) };
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(options, time: time);
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "1");
        await using var second = await RawClient.OpenAsync(host.TcpPort);
        var waiting = second.HandshakeAsync("2");
        await Eventually.HoldsAsync(() => host.Broker.Counters.Connections == 2, "the second is there");
        await using var third = await RawClient.OpenAsync(host.TcpPort);

        // whichever of the two the broker reads first has the last turn within the time-out
        var refusing = third.HandshakeAsync("3");
        var refused = await await Task.WhenAny(waiting, refusing);

        Assert.Equal(MqttReasonCode.ConnectionRateExceeded, refused.ReasonCode);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(MqttReasonCode.Success, new[] { (await waiting).ReasonCode, (await refusing).ReasonCode });
    }

    [Fact]
    public async Task Connections_above_the_maximum_are_refused()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumConnections = 1 });
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "1");
        await using var second = await RawClient.OpenAsync(host.TcpPort);

        Assert.Equal(MqttReasonCode.ConnectionRateExceeded, (await second.HandshakeAsync("2")).ReasonCode);
        await first.ExpectNothingAsync();
    }

    [Fact]
    public void An_option_out_of_range_is_refused_with_its_name_value_and_range()
    {
        var error = Assert.Throws<ArgumentException>(() => new MqttBrokerOptions { ReceiveMaximum = 0 }.Validate());

        Assert.Equal("ReceiveMaximum is 0; allowed is 1 to 65535.", error.Message);
    }

    [Fact]
    public async Task The_meter_publishes_the_counters()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        var seen = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "IotTelemetry.Broker")
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = Math.Max(value, seen.GetValueOrDefault(instrument.Name)));
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.True(seen["mqtt.connections"] >= 1);
        Assert.True(seen["mqtt.connections.accepted"] >= 1);
    }
}
