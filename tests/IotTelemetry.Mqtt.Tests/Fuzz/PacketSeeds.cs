using System.Buffers;
using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Fuzz;

/// <summary>Well-formed packets of every type, to be mutated.</summary>
internal static class PacketSeeds
{
    public static byte[][] All(MqttProtocolVersion version)
    {
        var properties = new MqttPropertyBuilder().Add(MqttPropertyId.ReasonString, "why").AddUser("k", "v").Build();
        var publishProperties = new MqttPropertyBuilder()
            .Add(MqttPropertyId.PayloadFormatIndicator, 1).Add(MqttPropertyId.MessageExpiryInterval, 60).Add(MqttPropertyId.TopicAlias, 1)
            .Add(MqttPropertyId.ResponseTopic, "r/t").Add(MqttPropertyId.CorrelationData, [1, 2, 3]).Add(MqttPropertyId.SubscriptionIdentifier, 300)
            .Add(MqttPropertyId.ContentType, "text").AddUser("name", "value").Build();
        var connectProperties = new MqttPropertyBuilder()
            .Add(MqttPropertyId.SessionExpiryInterval, 1).Add(MqttPropertyId.ReceiveMaximum, 10).Add(MqttPropertyId.AuthenticationMethod, "m")
            .Add(MqttPropertyId.AuthenticationData, [1]).AddUser("k", "v").Build();
        return
        [
            Write(o => MqttPacketWriter.WriteConnect(o, new MqttConnectPacket
            {
                ProtocolVersion = version,
                ClientId = Utf8("client"),
                Properties = connectProperties,
                UserName = Utf8("user"),
                Password = Utf8("password"),
                Will = new MqttWillPacket { Topic = Utf8("will/topic"), Payload = Utf8("gone") },
            })),
            Write(o => MqttPacketWriter.WriteConnAck(o, new MqttConnAckPacket(false, MqttReasonCode.Success, properties), version)),
            .. Enum.GetValues<MqttQualityOfService>().Select(quality => Write(o => MqttPacketWriter.WritePublish(
                o,
                new MqttPublishPacket
                {
                    Topic = Utf8("some/topic"),
                    Payload = Utf8("payload"),
                    QualityOfService = quality,
                    PacketId = 5,
                    Properties = publishProperties,
                },
                version))),
            .. ((MqttPacketType[])[MqttPacketType.PubAck, MqttPacketType.PubRec, MqttPacketType.PubRel, MqttPacketType.PubComp]).Select(
                type => Write(o => MqttPacketWriter.WriteAck(o, type, new MqttAckPacket(5, MqttReasonCode.Success, properties), version))),
            Write(o => MqttPacketWriter.WriteSubscribe(
                o,
                new MqttSubscribePacket(
                    6, default, [new MqttSubscriptionRequest(Utf8("a/+/#"), default), new MqttSubscriptionRequest(Utf8("$share/g/b"), default)]),
                version)),
            Write(o => MqttPacketWriter.WriteSubAck(o, new MqttSubAckPacket(6, properties, new byte[] { 0, 1, 0x80 }), version)),
            Write(o => MqttPacketWriter.WriteUnsubscribe(o, new MqttUnsubscribePacket(7, default, [Utf8("a/+/#")]), version)),
            Write(o => MqttPacketWriter.WriteUnsubAck(o, new MqttSubAckPacket(7, properties, new byte[] { 0 }), version)),
            Write(MqttPacketWriter.WritePingReq),
            Write(MqttPacketWriter.WritePingResp),
            Write(o => MqttPacketWriter.WriteDisconnect(o, new MqttDisconnectPacket(MqttReasonCode.ServerBusy, properties), version)),
            Write(o => MqttPacketWriter.WriteAuth(o, new MqttAuthPacket(
                MqttReasonCode.ContinueAuthentication, new MqttPropertyBuilder().Add(MqttPropertyId.AuthenticationMethod, "m").Build()))),
        ];
    }

    /// <summary>One to four random changes: bits, bytes, cuts, repetitions, insertions.</summary>
    public static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            var place = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(place, random.Next(1, bytes.Count - place + 1));
                    break;
                case 3:
                    bytes.InsertRange(place, bytes.GetRange(place, Math.Min(8, bytes.Count - place)));
                    break;
                case 4:
                    bytes.Insert(place, (byte)random.Next(256));
                    break;
                default:
                    bytes[place] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x00;
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Write(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
