using System.Text;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Broker.Tests.Peers;

/// <summary>The npm package mqtt against our broker, over TCP, TLS and WebSocket.</summary>
public sealed class NpmClientTests
{
    public static TheoryData<string, int, int> Transports
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (var transport in new[] { "mqtt", "mqtts", "ws" })
            {
                foreach (var version in new[] { 4, 5 })
                {
                    data.Add(transport, version, 0);
                    data.Add(transport, version, 1);
                    data.Add(transport, version, 2);
                }
            }

            return data;
        }
    }

    [NodeTheory]
    [MemberData(nameof(Transports))]
    public async Task A_message_goes_round(string transport, int version, int qos)
    {
        await using var host = await TestBroker.StartAsync(tls: transport == "mqtts");
        var url = transport switch
        {
            "mqtts" => $"mqtts://localhost:{host.TlsPort}",
            "ws" => $"ws://127.0.0.1:{host.HttpPort}/mqtt",
            _ => $"mqtt://127.0.0.1:{host.TcpPort}",
        };
        string[] arguments = [Script("roundtrip.mjs"), url, $"{version}", $"{qos}", .. host.Certificates is { } tls ? [tls.AuthorityFile] : Array.Empty<string>()];

        var printed = await PeerProcess.RunAsync("node", arguments);

        var properties = version == 5 ? "text test" : "- -";
        Assert.Equal($"granted {qos}\nyard/7/state {qos} 100000 {properties}\nbye", printed);
    }

    [NodeTheory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_session_waits_for_its_client(int version)
    {
        await using var host = await TestBroker.StartAsync();
        await using var peer = PeerProcess.Start("node", Script("session.mjs"), $"mqtt://127.0.0.1:{host.TcpPort}", $"{version}");
        await peer.LineWithAsync("ready");
        for (var i = 1; i <= 3; i++)
        {
            await host.Broker.PublishAsync(new MqttMessage
            {
                Topic = "jobs/x", Payload = Encoding.UTF8.GetBytes($"{i}"), QualityOfService = MqttQualityOfService.ExactlyOnce,
            });
        }

        await peer.WriteLineAsync("go");

        Assert.Equal("present true", await peer.LineAsync());
        Assert.Equal("jobs/x 1", await peer.LineAsync());
        Assert.Equal("jobs/x 2", await peer.LineAsync());
        Assert.Equal("jobs/x 3", await peer.LineAsync());
        Assert.Equal(0, await peer.ExitAsync());
    }

    private static string Script(string name) => Path.Combine(PeerPrograms.PeersDirectory, name);
}
