using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Robustness;

/// <summary>
/// Mutated and truncated streams of packets against a live broker: nothing but the protocol error may come of it, no session, connection or memory may stay behind,
/// and a neighbour must not notice. Seeded: a failure repeats.
/// </summary>
[Collection(MeasuredAlone.Name)]
public sealed class FuzzTests
{
    private const int Streams = 4000;
    private const int PacketsPerStream = 8;
    private const int Seed = 20261120;

    [Fact]
    public async Task Broken_streams_leave_nothing_behind_and_the_neighbour_keeps_working()
    {
        var log = new CountingLogger();
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumPacketSize = 4096, MaximumSessionExpiry = TimeSpan.Zero }, log: log);
        using var registration = host.Broker.AddHandler("h/#", new TestHandler());
        await using var neighbour = await RawClient.ConnectAsync(host.TcpPort, "neighbour");
        await neighbour.SubscribeAsync("neighbour", qos: 1);
        var random = new Random(Seed);
        await RunAsync(host, random, Streams / 10);
        var before = Settle();

        for (var round = 0; round < 10; round++)
        {
            await RunAsync(host, random, Streams / 10);
            await host.Broker.PublishAsync(new MqttMessage { Topic = "neighbour", QualityOfService = MqttQualityOfService.AtLeastOnce });
            await neighbour.SendAckAsync(MqttPacketType.PubAck, (await ReceiveOwnAsync(neighbour)).PacketId);
        }

        await Eventually.HoldsAsync(() => host.Broker.Counters is { Connections: 1, Sessions: 1, Subscriptions: 1 }, "only the neighbour is left");
        Assert.Null(log.First);
        await Eventually.HoldsAsync(() => Settle() - before < 4 * 1024 * 1024, "the memory is back");
        Assert.True(host.Broker.Counters.ProtocolErrors > Streams / 4);
    }

    private static async Task<MqttPublishPacket> ReceiveOwnAsync(RawClient neighbour)
    {
        while (true)
        {
            var publish = await neighbour.ReceivePublishAsync();
            if (publish.TopicText() == "neighbour" && publish.QualityOfService == MqttQualityOfService.AtLeastOnce)
            {
                return publish;
            }
        }
    }

    private static async Task RunAsync(TestBroker host, Random random, int streams)
    {
        for (var i = 0; i < streams; i++)
        {
            var version = random.Next(2) == 0 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500;
            var bytes = Stream(random, version);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, host.TcpPort);
            try
            {
                var cut = random.Next(bytes.Length);
                await socket.SendAsync(bytes.AsMemory(0, cut));
                await socket.SendAsync(bytes.AsMemory(cut));
                socket.Shutdown(SocketShutdown.Send);
                await DrainAsync(socket);
            }
            catch (SocketException)
            {
                // The broker was quicker: it has closed already.
            }
        }
    }

    private static async Task DrainAsync(Socket socket)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, timeout.Token) > 0)
        {
        }
    }

    private static byte[] Stream(Random random, MqttProtocolVersion version)
    {
        var output = new ArrayBufferWriter<byte>();
        MqttPacketWriter.WriteConnect(output, new MqttConnectPacket
        {
            ProtocolVersion = version, CleanStart = random.Next(4) > 0, KeepAliveSeconds = (ushort)random.Next(100),
            ClientId = Encoding.UTF8.GetBytes($"fuzz-{random.Next(20)}"),
            Will = random.Next(3) == 0 ? new MqttWillPacket { Topic = "h/will"u8.ToArray(), Payload = "x"u8.ToArray(), QualityOfService = (MqttQualityOfService)random.Next(3) } : null,
        });
        var connectLength = output.WrittenCount;
        for (var i = 0; i < PacketsPerStream; i++)
        {
            Packet(output, random, version);
        }

        var bytes = output.WrittenSpan.ToArray();

        // Most streams get past CONNECT, so that the rest of the broker has its share.
        var from = random.Next(4) == 0 ? 0 : connectLength;
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            bytes[random.Next(from, bytes.Length)] = (byte)random.Next(256);
        }

        return random.Next(3) == 0 ? bytes[..random.Next(1, bytes.Length)] : bytes;
    }

    private static void Packet(ArrayBufferWriter<byte> output, Random random, MqttProtocolVersion version)
    {
        var id = (ushort)random.Next(1, 5);
        var topic = Encoding.UTF8.GetBytes(random.Next(3) switch { 0 => "h/a", 1 => "s/b", _ => "s/b/c" });
        switch (random.Next(9))
        {
            case 0:
                MqttPacketWriter.WriteSubscribe(output, new MqttSubscribePacket(
                    id, default, [new MqttSubscriptionRequest(random.Next(2) == 0 ? "s/#"u8.ToArray() : "$share/g/s/+"u8.ToArray(), (MqttQualityOfService)random.Next(3))]), version);
                break;
            case 1:
                MqttPacketWriter.WriteUnsubscribe(output, new MqttUnsubscribePacket(id, default, ["s/#"u8.ToArray()]), version);
                break;
            case 2:
                MqttPacketWriter.WriteAck(output, (MqttPacketType)random.Next(4, 8), new MqttAckPacket(id, MqttReasonCode.Success, default), version);
                break;
            case 3:
                MqttPacketWriter.WritePingReq(output);
                break;
            case 4:
                MqttPacketWriter.WriteDisconnect(output, new MqttDisconnectPacket(MqttReasonCode.DisconnectWithWillMessage, default), version);
                break;
            default:
                var properties = new MqttPropertyBuilder().Add(MqttPropertyId.TopicAlias, (uint)random.Next(1, 20)).AddUser("k", "v");
                MqttPacketWriter.WritePublish(output, new MqttPublishPacket
                {
                    Topic = topic, Payload = new byte[random.Next(100)], QualityOfService = (MqttQualityOfService)random.Next(3), PacketId = id,
                    Retain = random.Next(4) == 0, Properties = random.Next(2) == 0 ? properties.Build() : default,
                }, version);
                break;
        }
    }

    private static long Settle()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
