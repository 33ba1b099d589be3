using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt.Tests.Codec;

/// <summary>Every packet is read as it was written, in both versions, whole and in pieces.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Connect_makes_the_round_trip() => Check(
        from version in PacketGenerators.Version
        from properties in PacketGenerators.Properties(MqttPropertyUse.Connect, version)
        from willProperties in PacketGenerators.Properties(MqttPropertyUse.Will, version)
        from topic in PacketGenerators.Topic
        from clientId in PacketGenerators.Text
        from bytes in PacketGenerators.Bytes
        from quality in PacketGenerators.Quality
        from shape in Gen.Choose(0, 31)
        select new MqttConnectPacket
        {
            ProtocolVersion = version,
            CleanStart = (shape & 1) != 0,
            KeepAliveSeconds = (ushort)(shape * 1000),
            ClientId = Utf8(clientId),
            Properties = properties,
            UserName = (shape & 2) != 0 ? Utf8(topic) : null,
            Password = (shape & 6) == 6 ? bytes : null,
            Will = (shape & 8) == 0 ? null : new MqttWillPacket
            {
                Topic = Utf8(topic),
                Payload = bytes,
                QualityOfService = quality,
                Retain = (shape & 16) != 0,
                Properties = willProperties,
            },
        },
        static packet =>
        {
            var read = MqttPacketReader.ReadConnect(Frame(output => MqttPacketWriter.WriteConnect(output, packet)).Body);
            return (packet.ProtocolVersion, packet.CleanStart, packet.KeepAliveSeconds) == (read.ProtocolVersion, read.CleanStart, read.KeepAliveSeconds)
                && Same(packet.ClientId, read.ClientId) && Same(packet.Properties, read.Properties)
                && Same(packet.UserName, read.UserName) && Same(packet.Password, read.Password)
                && (packet.Will is null) == (read.Will is null)
                && (packet.Will is null || (Same(packet.Will.Topic, read.Will!.Topic) && Same(packet.Will.Payload, read.Will.Payload)
                    && Same(packet.Will.Properties, read.Will.Properties)
                    && (packet.Will.QualityOfService, packet.Will.Retain) == (read.Will.QualityOfService, read.Will.Retain)));
        });

    [Fact]
    public void Connack_makes_the_round_trip() => Check(
        from properties in PacketGenerators.Properties(MqttPropertyUse.ConnAck, MqttProtocolVersion.V500)
        from reason in PacketGenerators.Reason(MqttPacketType.ConnAck)
        from present in PacketGenerators.Flag
        select new MqttConnAckPacket(present && reason == MqttReasonCode.Success, reason, properties),
        static packet =>
        {
            var read = MqttPacketReader.ReadConnAck(
                Frame(output => MqttPacketWriter.WriteConnAck(output, packet, MqttProtocolVersion.V500)).Body, MqttProtocolVersion.V500);
            return (packet.SessionPresent, packet.ReasonCode) == (read.SessionPresent, read.ReasonCode) && Same(packet.Properties, read.Properties);
        });

    [Fact]
    public void Publish_makes_the_round_trip() => Check(
        from version in PacketGenerators.Version
        from properties in PacketGenerators.Properties(MqttPropertyUse.Publish, version)
        from topic in PacketGenerators.Topic
        from bytes in PacketGenerators.Bytes
        from quality in PacketGenerators.Quality
        from id in PacketGenerators.PacketId
        from duplicate in PacketGenerators.Flag
        from retain in PacketGenerators.Flag
        select (Version: version, Packet: new MqttPublishPacket
        {
            Topic = properties.Has(MqttPropertyId.TopicAlias) && retain ? default : Utf8(topic),
            Payload = bytes,
            Properties = properties,
            QualityOfService = quality,
            PacketId = quality == 0 ? (ushort)0 : id,
            Duplicate = duplicate && quality != 0,
            Retain = retain,
        }),
        static given =>
        {
            var (version, packet) = given;
            var frame = Frame(output => MqttPacketWriter.WritePublish(output, packet, version));
            var read = MqttPacketReader.ReadPublish(frame.Header, frame.Body, version);
            return frame.Header.PacketLength == MqttPacketWriter.GetPublishSize(packet, version)
                && Same(packet.Topic, read.Topic) && Same(packet.Payload, read.Payload) && Same(packet.Properties, read.Properties)
                && (packet.QualityOfService, packet.PacketId, packet.Duplicate, packet.Retain)
                    == (read.QualityOfService, read.PacketId, read.Duplicate, read.Retain);
        });

    [Theory]
    [InlineData(MqttPacketType.PubAck)]
    [InlineData(MqttPacketType.PubRec)]
    [InlineData(MqttPacketType.PubRel)]
    [InlineData(MqttPacketType.PubComp)]
    public void Acknowledgements_make_the_round_trip(MqttPacketType type) => Check(
        from version in PacketGenerators.Version
        from properties in PacketGenerators.Properties(MqttPropertyUse.Acknowledgement, version)
        from reason in PacketGenerators.Reason(type)
        from id in PacketGenerators.PacketId
        select (Version: version, Packet: new MqttAckPacket(id, version == MqttProtocolVersion.V311 ? default : reason, properties)),
        given =>
        {
            var (version, packet) = given;
            var read = MqttPacketReader.ReadAck(type, Frame(output => MqttPacketWriter.WriteAck(output, type, packet, version)).Body, version);
            return (packet.PacketId, packet.ReasonCode) == (read.PacketId, read.ReasonCode) && Same(packet.Properties, read.Properties);
        });

    [Fact]
    public void Subscribe_and_unsubscribe_make_the_round_trip() => Check(
        from version in PacketGenerators.Version
        from properties in PacketGenerators.Properties(MqttPropertyUse.Subscribe, version)
        from unsubscribeProperties in PacketGenerators.Properties(MqttPropertyUse.Unsubscribe, version)
        from filters in PacketGenerators.Filter.NonEmptyListOf()
        from quality in PacketGenerators.Quality
        from handling in Gen.Elements(Enum.GetValues<MqttRetainHandling>())
        from flag in PacketGenerators.Flag
        from id in PacketGenerators.PacketId
        select (Version: version, UnsubscribeProperties: unsubscribeProperties, Packet: new MqttSubscribePacket(
            id,
            properties,
            [.. filters.Select(filter => version == MqttProtocolVersion.V311
                ? new MqttSubscriptionRequest(Utf8(filter), quality)
                : new MqttSubscriptionRequest(
                    Utf8(filter), quality, flag && !filter.StartsWith("$share", StringComparison.Ordinal), flag, handling))])),
        static given =>
        {
            var (version, unsubscribeProperties, packet) = given;
            var read = MqttPacketReader.ReadSubscribe(Frame(output => MqttPacketWriter.WriteSubscribe(output, packet, version)).Body, version);
            var unsubscribe = new MqttUnsubscribePacket(packet.PacketId, unsubscribeProperties, [.. packet.Subscriptions.Select(static s => s.Filter)]);
            var readUnsubscribe = MqttPacketReader.ReadUnsubscribe(
                Frame(output => MqttPacketWriter.WriteUnsubscribe(output, unsubscribe, version)).Body, version);
            return packet.PacketId == read.PacketId && Same(packet.Properties, read.Properties)
                && packet.Subscriptions.Zip(read.Subscriptions).All(static pair => Same(pair.First.Filter, pair.Second.Filter)
                    && pair.First with { Filter = default } == pair.Second with { Filter = default })
                && unsubscribe.Filters.Zip(readUnsubscribe.Filters).All(static pair => Same(pair.First, pair.Second))
                && Same(unsubscribe.Properties, readUnsubscribe.Properties)
                && unsubscribe.Filters.Count == readUnsubscribe.Filters.Count && packet.Subscriptions.Count == read.Subscriptions.Count;
        });

    [Fact]
    public void Suback_and_unsuback_make_the_round_trip() => Check(
        from properties in PacketGenerators.Properties(MqttPropertyUse.Acknowledgement, MqttProtocolVersion.V500)
        from granted in PacketGenerators.Reason(MqttPacketType.SubAck).NonEmptyListOf()
        from ended in PacketGenerators.Reason(MqttPacketType.UnsubAck).NonEmptyListOf()
        from id in PacketGenerators.PacketId
        select (SubAck: new MqttSubAckPacket(id, properties, granted.Select(static r => (byte)r).ToArray()),
            UnsubAck: new MqttSubAckPacket(id, properties, ended.Select(static r => (byte)r).ToArray())),
        static given =>
        {
            const MqttProtocolVersion version = MqttProtocolVersion.V500;
            var subAck = MqttPacketReader.ReadSubAck(Frame(output => MqttPacketWriter.WriteSubAck(output, given.SubAck, version)).Body, version);
            var unsubAck = MqttPacketReader.ReadUnsubAck(Frame(output => MqttPacketWriter.WriteUnsubAck(output, given.UnsubAck, version)).Body, version);
            return Same(given.SubAck.ReasonCodes, subAck.ReasonCodes) && Same(given.SubAck.Properties, subAck.Properties)
                && Same(given.UnsubAck.ReasonCodes, unsubAck.ReasonCodes) && subAck.PacketId == given.SubAck.PacketId;
        });

    [Fact]
    public void Disconnect_and_auth_make_the_round_trip() => Check(
        from properties in PacketGenerators.Properties(MqttPropertyUse.Disconnect, MqttProtocolVersion.V500)
        from reason in PacketGenerators.Reason(MqttPacketType.Disconnect)
        from step in PacketGenerators.Reason(MqttPacketType.Auth)
        from data in PacketGenerators.Bytes
        select (Disconnect: new MqttDisconnectPacket(reason, properties), Auth: new MqttAuthPacket(
            step,
            new MqttPropertyBuilder().Add(MqttPropertyId.AuthenticationMethod, "m").Add(MqttPropertyId.AuthenticationData, data).Build())),
        static given =>
        {
            var disconnect = MqttPacketReader.ReadDisconnect(
                Frame(output => MqttPacketWriter.WriteDisconnect(output, given.Disconnect, MqttProtocolVersion.V500)).Body, MqttProtocolVersion.V500);
            var auth = MqttPacketReader.ReadAuth(Frame(output => MqttPacketWriter.WriteAuth(output, given.Auth)).Body);
            return disconnect.ReasonCode == given.Disconnect.ReasonCode && Same(disconnect.Properties, given.Disconnect.Properties)
                && auth.ReasonCode == given.Auth.ReasonCode && Same(auth.Properties, given.Auth.Properties);
        });

    [Fact]
    public void Variable_byte_integers_use_the_fewest_bytes_and_make_the_round_trip()
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var value in (uint[])[0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, VariableByteInteger.Maximum])
        {
            var length = VariableByteInteger.Write(bytes, value);
            Assert.Equal(VariableByteInteger.LengthOf(value), length);
            Assert.True(VariableByteInteger.TryRead(bytes[..length], out var read, out var used));
            Assert.Equal((value, length), (read, used));
            Assert.False(VariableByteInteger.TryRead(bytes[..(length - 1)], out _, out _));
        }
    }

    [Fact]
    public void The_steady_packets_are_written_and_read_without_allocation()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var packet = new MqttPublishPacket { Topic = Utf8("a/b"), Payload = new byte[64], QualityOfService = MqttQualityOfService.AtLeastOnce, PacketId = 7 };
        var ack = new MqttAckPacket(7, MqttReasonCode.Success, default);
        Work(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Work(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Work(int times)
        {
            for (var i = 0; i < times; i++)
            {
                output.ResetWrittenCount();
                MqttPacketWriter.WritePublish(output, packet, MqttProtocolVersion.V500);
                MqttPacketWriter.WriteAck(output, MqttPacketType.PubAck, ack, MqttProtocolVersion.V500);
                MqttPacketWriter.WritePingReq(output);
                var rest = new ReadOnlySequence<byte>(output.WrittenMemory);
                MqttPacketReader.TryReadFrame(ref rest, 1000, out var frame);
                MqttPacketReader.ReadPublish(frame.Header, frame.Body.First, MqttProtocolVersion.V500);
                MqttPacketReader.TryReadFrame(ref rest, 1000, out frame);
                MqttPacketReader.ReadAck(MqttPacketType.PubAck, frame.Body.First, MqttProtocolVersion.V500);
                MqttPacketReader.TryReadFrame(ref rest, 1000, out frame);
            }
        }
    }

    private static void Check<T>(Gen<T> generator, Func<T, bool> property) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(generator.ToArbitrary(), property));

    /// <summary>Writes one packet and frames it again, from one piece and from single bytes.</summary>
    private static (MqttFixedHeader Header, ReadOnlyMemory<byte> Body) Frame(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        var whole = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.True(MqttPacketReader.TryReadFrame(ref whole, int.MaxValue, out var frame));
        Assert.True(whole.IsEmpty);
        var pieces = SingleByteSegments.Of(output.WrittenMemory);
        Assert.True(MqttPacketReader.TryReadFrame(ref pieces, int.MaxValue, out var pieced));
        byte[]? scratch = null;
        Assert.Equal(frame.Body.ToArray(), pieced.ContiguousBody(ref scratch).ToArray());
        var short1 = SingleByteSegments.Of(output.WrittenMemory[..^1]);
        Assert.False(MqttPacketReader.TryReadFrame(ref short1, int.MaxValue, out _));
        Assert.Equal(output.WrittenCount - 1, short1.Length);
        return (frame.Header, frame.Body.First);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static bool Same(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);

    private static bool Same(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right) =>
        left is null ? right is null : right is not null && Same(left.Value, right.Value);

    private static bool Same(MqttProperties left, MqttProperties right)
    {
        // Also read one by one and built again, which proves the enumerator and the builder.
        var rebuilt = new MqttPropertyBuilder();
        foreach (var property in right)
        {
            rebuilt.Add(property);
        }

        return Same(left.Encoded, right.Encoded) && left.Present == right.Present && Same(left.Encoded, rebuilt.Build().Encoded);
    }
}
