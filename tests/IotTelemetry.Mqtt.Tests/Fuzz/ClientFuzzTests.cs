using IotTelemetry.Mqtt.Tests.Client;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Fuzz;

/// <summary>A server that sends mutated packets: the client leaves or lives, comes back every time, and does not grow.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class ClientFuzzTests : ClientFixture
{
    private const int Connections = 300;
    private const int PacketsPerConnection = 20;

    [Theory]
    [InlineData(MqttProtocolVersion.V500, 11)]
    [InlineData(MqttProtocolVersion.V311, 12)]
    public async Task A_client_survives_a_server_that_sends_mutated_packets(MqttProtocolVersion version, int seed)
    {
        var random = new Random(seed);
        var seeds = PacketSeeds.All(version);
        var client = Create(Server.Options with { ProtocolVersion = version, SessionExpiry = TimeSpan.FromHours(1), MaximumPacketSize = 100_000 });
        await client.SubscribeAsync("#", static (_, _) => ValueTask.CompletedTask);
        var connecting = client.ConnectAsync();
        var grown = 0L;
        for (var connection = 0; connection < Connections; connection++)
        {
            using var peer = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: connection > 0), version);
            await Within.Time(connecting);
            var publishing = client.PublishAsync(Message("a", "x", connection % 3)).AsTask();
            try
            {
                for (var i = 0; i < PacketsPerConnection; i++)
                {
                    await peer.SendRawAsync(PacketSeeds.Mutate(seeds[random.Next(seeds.Length)], random));
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The client has left already.
            }

            _ = publishing; // the session resumes: it stays in flight until some mutated packet acknowledges it
            if (connection == Connections / 3)
            {
                grown = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - grown, long.MinValue, 2_000_000);
        using var last = await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: false), version);
        await last.AcceptSubscribeWithinRetransmissionsAsync();
        Assert.Equal(MqttClientState.Connected, client.State);
    }

    [Fact]
    public async Task A_client_that_meets_garbage_instead_of_connack_says_so()
    {
        var random = new Random(13);
        for (var i = 0; i < 200; i++)
        {
            var client = Create(Server.Options with { ConnectTimeout = TimeSpan.FromSeconds(10) });
            var connecting = client.ConnectAsync();
            using (var peer = await Server.AcceptAsync())
            {
                var garbage = new byte[random.Next(1, 50)];
                random.NextBytes(garbage);
                await peer.SendRawAsync(garbage);
            }

            try
            {
                await Within.Time(connecting);
            }
            catch (MqttConnectException)
            {
                // The usual outcome.
            }
        }
    }
}
