using System.Text;
using IotTelemetry.Broker.Persistence;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Broker.Tests.Persistence;

/// <summary>What a restart must not forget.</summary>
public sealed class StoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("iot-broker-store-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Subscriptions_queued_messages_and_retained_messages_come_back()
    {
        await using (var host = await StartAsync())
        {
            await SubscribeAndLeaveAsync(host);
            await PublishAsync(host, "waits");
            await host.Broker.PublishAsync(new MqttMessage { Topic = "kept", Payload = "here"u8.ToArray(), Retain = true });
            await host.Broker.PublishAsync(new MqttMessage { Topic = "cleared", Payload = "x"u8.ToArray(), Retain = true });
            await host.Broker.PublishAsync(new MqttMessage { Topic = "cleared", Retain = true });
        }

        await using var again = await StartAsync();
        Assert.Equal(1, again.Broker.Counters.QueuedMessages);
        await PublishAsync(again, "after");
        await using var client = await ComeBackAsync(again);

        Assert.True(client.ConnAck.SessionPresent);
        Assert.Equal("waits", (await client.ReceivePublishAsync()).PayloadText());
        Assert.Equal("after", (await client.ReceivePublishAsync()).PayloadText());
        await client.SubscribeAsync("#", retainHandling: MqttRetainHandling.SendAlways);
        Assert.Equal("kept", (await client.ReceivePublishAsync()).TopicText());
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task What_was_in_flight_is_sent_again_with_DUP_and_its_identifier()
    {
        ushort publishId;
        ushort releaseId;
        await using (var host = await StartAsync())
        {
            await using var client = await ComeBackAsync(host);
            await client.SubscribeAsync("a", qos: 2);
            await PublishAsync(host, "one");
            await PublishAsync(host, "two");
            await PublishAsync(host, "three");
            releaseId = (await client.ReceivePublishAsync()).PacketId;
            publishId = (await client.ReceivePublishAsync()).PacketId;
            var done = await client.ReceivePublishAsync();
            await client.SendAckAsync(MqttPacketType.PubRec, releaseId);
            await client.ReceiveAckAsync(MqttPacketType.PubRel);
            await client.SendAckAsync(MqttPacketType.PubRec, done.PacketId);
            await client.ReceiveAckAsync(MqttPacketType.PubRel);
            await client.SendAckAsync(MqttPacketType.PubComp, done.PacketId);
            await client.ExpectNothingAsync();
        }

        await using var again = await StartAsync();
        await using var back = await ComeBackAsync(again);

        var first = await back.ReceiveAsync();
        var second = await back.ReceiveAsync();
        var release = first!.Type == MqttPacketType.PubRel ? first : second!;
        var publish = (first.Type == MqttPacketType.PubRel ? second! : first).Publish;
        Assert.Equal(releaseId, release.Ack.PacketId);
        Assert.Equal((publishId, true, "two"), (publish.PacketId, publish.Duplicate, publish.PayloadText()));
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_QoS_2_identifier_of_the_client_is_remembered()
    {
        await using (var host = await StartAsync())
        {
            await using var client = await ComeBackAsync(host);
            await client.PublishAsync("a", "x", qos: 2, packetId: 12);
            await client.ReceiveAckAsync(MqttPacketType.PubRec);
        }

        await using var again = await StartAsync();
        var handler = new TestHandler();
        using var registration = again.Broker.AddHandler("#", handler);
        await using var back = await ComeBackAsync(again);
        await back.PublishAsync("a", "x", qos: 2, packetId: 12, duplicate: true);
        await back.ReceiveAckAsync(MqttPacketType.PubRec);

        Assert.False(handler.HasMore);
    }

    [Fact]
    public async Task Ended_sessions_do_not_come_back()
    {
        await using (var host = await StartAsync())
        {
            await SubscribeAndLeaveAsync(host);
            await using var clean = await RawClient.ConnectAsync(host.TcpPort, "sub");
        }

        await using var again = await StartAsync();

        Assert.Equal(0, again.Broker.Counters.Sessions);
    }

    [Fact]
    public async Task A_session_expires_by_the_clock_while_the_broker_is_away()
    {
        var time = new ManualTime();
        await using (var host = await StartAsync(time))
        {
            await SubscribeAndLeaveAsync(host);
        }

        time.Advance(TimeSpan.FromSeconds(3601));
        await using var again = await StartAsync(time);

        Assert.Equal(0, again.Broker.Counters.Sessions);
    }

    [Fact]
    public async Task A_kill_loses_nothing_that_the_log_has()
    {
        var copy = Directory.CreateTempSubdirectory("iot-broker-killed-");
        try
        {
            await using var host = await StartAsync();
            await SubscribeAndLeaveAsync(host);
            await PublishAsync(host, "waits");
            await Eventually.HoldsAsync(() => Logs().Any(log => log.Length > 0 && Contains(log, "waits")), "the log has the message");

            // the files as they lie while the broker still runs: what a kill -9 leaves
            foreach (var file in _directory.GetFiles().Where(file => file.Name != "lock"))
            {
                file.CopyTo(Path.Combine(copy.FullName, file.Name));
            }

            await using var other = await TestBroker.StartAsync(new MqttBrokerOptions { StoreDirectory = copy.FullName });
            await using var client = await ComeBackAsync(other);
            Assert.Equal("waits", (await client.ReceivePublishAsync()).PayloadText());
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_log_torn_at_any_byte_is_read_up_to_there()
    {
        await using (var host = await StartAsync())
        {
            await SubscribeAndLeaveAsync(host);
            for (var i = 0; i < 5; i++)
            {
                await PublishAsync(host, $"message {i}");
            }
        }

        var bytes = await File.ReadAllBytesAsync(Logs().Single(log => log.Length > 0).FullName);
        var torn = Path.Combine(_directory.FullName, "torn");
        var owedBefore = 0;
        for (var length = 0; length <= bytes.Length; length++)
        {
            await File.WriteAllBytesAsync(torn, bytes[..length]);
            var state = new StoredState();
            Assert.InRange(RecordFile.Read(torn, state), 0, length);
            var owed = state.Sessions.Values.Sum(session => session.Owed.Count);
            Assert.InRange(owed, owedBefore, owedBefore + 1);
            owedBefore = owed;
        }

        Assert.Equal(5, owedBefore);
    }

    [Fact]
    public async Task A_flipped_bit_ends_the_reading_and_throws_nothing()
    {
        await using (var host = await StartAsync())
        {
            await SubscribeAndLeaveAsync(host);
            await PublishAsync(host, "message");
        }

        var bytes = await File.ReadAllBytesAsync(Logs().Single(log => log.Length > 0).FullName);
        var damaged = Path.Combine(_directory.FullName, "damaged");
        for (var at = 0; at < bytes.Length; at++)
        {
            var copy = bytes.ToArray();
            copy[at] ^= 0x10;
            await File.WriteAllBytesAsync(damaged, copy);

            Assert.InRange(RecordFile.Read(damaged, new StoredState()), 0, at);
        }
    }

    [Fact]
    public async Task Compaction_bounds_the_files_and_keeps_what_counts()
    {
        await using (var host = await StartAsync(compactBytes: 64 * 1024))
        {
            await SubscribeAndLeaveAsync(host);
            await PublishAsync(host, "first");
            for (var i = 0; i < 3000; i++)
            {
                await host.Broker.PublishAsync(new MqttMessage { Topic = "r", Payload = Encoding.UTF8.GetBytes($"{i} {new string('x', 500)}"), Retain = true });
                if (i % 100 == 0)
                {
                    await Eventually.HoldsAsync(() => _directory.GetFiles().Sum(file => file.Length) < 512 * 1024, "the files are small");
                }
            }

            await PublishAsync(host, "last");
        }

        await using var again = await StartAsync();
        await using var client = await ComeBackAsync(again);
        Assert.Equal("first", (await client.ReceivePublishAsync()).PayloadText());
        Assert.Equal("last", (await client.ReceivePublishAsync()).PayloadText());
        await client.SubscribeAsync("r");
        Assert.StartsWith("2999 ", (await client.ReceivePublishAsync()).PayloadText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_brokers_do_not_share_a_store()
    {
        await using var host = await StartAsync();

        Assert.Throws<IOException>(() => SessionLog.Open(_directory.FullName, 1 << 20, NullLogger.Instance, out _));
    }

    private Task<TestBroker> StartAsync(TimeProvider? time = null, long compactBytes = 64 * 1024 * 1024) =>
        TestBroker.StartAsync(new MqttBrokerOptions { StoreDirectory = _directory.FullName, StoreCompactBytes = compactBytes }, time: time);

    private FileInfo[] Logs() => _directory.GetFiles("*.log");

    private static bool Contains(FileInfo file, string text)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }

    private static Task<RawClient> ComeBackAsync(TestBroker host) => RawClient.ConnectAsync(
        host.TcpPort, "sub", connect: new MqttConnectPacket(), properties: new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, 3600));

    private static async Task SubscribeAndLeaveAsync(TestBroker host)
    {
        await using var client = await ComeBackAsync(host);
        await client.SubscribeAsync("a", qos: 1);
        await client.DisconnectAsync();
        await client.ExpectClosedAsync();
    }

    private static async Task PublishAsync(TestBroker host, string payload) => await host.Broker.PublishAsync(new MqttMessage
    {
        Topic = "a", Payload = Encoding.UTF8.GetBytes(payload), QualityOfService = MqttQualityOfService.ExactlyOnce,
    });
}
