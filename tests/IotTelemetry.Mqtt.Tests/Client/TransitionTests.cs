using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class TransitionTests
{
    [Fact]
    public void A_client_moves_only_along_its_table()
    {
        var allowed = new HashSet<(MqttClientState, MqttClientState)>
        {
            (MqttClientState.Created, MqttClientState.Connecting),
            (MqttClientState.Created, MqttClientState.Closed),
            (MqttClientState.Connecting, MqttClientState.Created),
            (MqttClientState.Connecting, MqttClientState.Connected),
            (MqttClientState.Connecting, MqttClientState.Closed),
            (MqttClientState.Connected, MqttClientState.Reconnecting),
            (MqttClientState.Connected, MqttClientState.Closed),
            (MqttClientState.Reconnecting, MqttClientState.Connected),
            (MqttClientState.Reconnecting, MqttClientState.Closed),
        };
        foreach (var from in Enum.GetValues<MqttClientState>())
        {
            foreach (var to in Enum.GetValues<MqttClientState>())
            {
                var expected = allowed.Contains((from, to)) || (to == MqttClientState.Disposed && from != MqttClientState.Disposed);
                Assert.True(expected == ClientTransitions.IsAllowed(from, to), $"{from} to {to}");
            }
        }
    }

    [Fact]
    public void A_subscription_moves_only_along_its_table()
    {
        var allowed = new HashSet<(SubscriptionState, SubscriptionState)>
        {
            (SubscriptionState.Unmade, SubscriptionState.Requested),
            (SubscriptionState.Requested, SubscriptionState.Made),
            (SubscriptionState.Requested, SubscriptionState.Refused),
            (SubscriptionState.Requested, SubscriptionState.Unmade),
            (SubscriptionState.Made, SubscriptionState.Unmade),
            (SubscriptionState.Refused, SubscriptionState.Unmade),
            (SubscriptionState.Ending, SubscriptionState.Ended),
        };
        foreach (var from in Enum.GetValues<SubscriptionState>())
        {
            foreach (var to in Enum.GetValues<SubscriptionState>())
            {
                var mayEnd = to is SubscriptionState.Ending or SubscriptionState.Ended && from is not (SubscriptionState.Ending or SubscriptionState.Ended);
                Assert.True((mayEnd || allowed.Contains((from, to))) == SubscriptionTransitions.IsAllowed(from, to), $"{from} to {to}");
            }
        }
    }

    [Fact]
    public void An_exchange_moves_only_along_its_table()
    {
        var expected = new Dictionary<(InflightState, MqttPacketType, bool), InflightState>
        {
            [(InflightState.AwaitingPubAck, MqttPacketType.PubAck, false)] = InflightState.Free,
            [(InflightState.AwaitingPubAck, MqttPacketType.PubAck, true)] = InflightState.Free,
            [(InflightState.AwaitingPubRec, MqttPacketType.PubRec, false)] = InflightState.AwaitingPubComp,
            [(InflightState.AwaitingPubRec, MqttPacketType.PubRec, true)] = InflightState.Free,
            [(InflightState.AwaitingPubComp, MqttPacketType.PubRec, false)] = InflightState.AwaitingPubComp,
            [(InflightState.AwaitingPubComp, MqttPacketType.PubComp, false)] = InflightState.Free,
            [(InflightState.AwaitingPubComp, MqttPacketType.PubComp, true)] = InflightState.Free,
            [(InflightState.AwaitingSubAck, MqttPacketType.SubAck, false)] = InflightState.Free,
            [(InflightState.AwaitingSubAck, MqttPacketType.SubAck, true)] = InflightState.Free,
            [(InflightState.AwaitingUnsubAck, MqttPacketType.UnsubAck, false)] = InflightState.Free,
            [(InflightState.AwaitingUnsubAck, MqttPacketType.UnsubAck, true)] = InflightState.Free,
        };
        foreach (var state in Enum.GetValues<InflightState>())
        {
            foreach (var answer in Enum.GetValues<MqttPacketType>())
            {
                foreach (var isError in (bool[])[false, true])
                {
                    InflightState? next = expected.TryGetValue((state, answer, isError), out var found) ? found : null;
                    Assert.Equal(next, InflightTransitions.Next(state, answer, isError));
                }
            }
        }
    }

    [Fact]
    public void All_packet_identifiers_can_be_used_and_none_twice()
    {
        var table = new InflightTable();
        var seen = new HashSet<ushort>();
        for (var i = 0; i < 65_535; i++)
        {
            Assert.True(table.TryTake(InflightState.AwaitingPubAck, out var id));
            Assert.True(id != 0 && seen.Add(id));
        }

        Assert.False(table.TryTake(InflightState.AwaitingPubAck, out _));
        Assert.Equal(65_535, table.InOrder().Count);
        foreach (var id in seen)
        {
            table.Release(id);
        }

        Assert.Equal(0, table.Count);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(123_456, 63)]
    public void An_acknowledgement_token_keeps_its_parts(long sequence, int handler)
    {
        var one = AckToken.WithHandler(AckToken.ForQos1(sequence), handler);
        Assert.False(AckToken.IsQos2(one));
        Assert.Equal((sequence, 1UL << handler), (AckToken.Sequence(one), AckToken.HandlerBit(one)));
        var two = AckToken.WithHandler(AckToken.ForQos2(sequence, 65_535), handler);
        Assert.True(AckToken.IsQos2(two));
        Assert.Equal(((sequence, (ushort)65_535), 1UL << handler), (AckToken.Qos2(two), AckToken.HandlerBit(two)));
    }
}
