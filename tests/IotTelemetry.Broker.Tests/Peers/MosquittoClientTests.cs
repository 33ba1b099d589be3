using IotTelemetry.Broker.Tests.Support;

namespace IotTelemetry.Broker.Tests.Peers;

/// <summary>mosquitto_pub and mosquitto_sub against our broker.</summary>
public sealed class MosquittoClientTests
{
    [MosquittoTheory]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 0)]
    [InlineData("mqttv5", 1)]
    [InlineData("mqttv5", 2)]
    public async Task A_message_travels_from_mosquitto_pub_to_mosquitto_sub(string version, int qos)
    {
        await using var broker = await TestBroker.StartAsync();
        var port = $"{broker.TcpPort}";
        await using var subscriber = PeerProcess.Start(
            "mosquitto_sub", "-V", version, "-h", "127.0.0.1", "-p", port, "-q", $"{qos}", "-t", "yard/+/state", "-F", "%t %q %p", "-d");
        await subscriber.LineWithAsync("Subscribed");

        await PeerProcess.RunAsync(
            "mosquitto_pub", "-V", version, "-h", "127.0.0.1", "-p", port, "-q", $"{qos}", "-t", "yard/7/state", "-m", "open");

        Assert.Equal($"yard/7/state {qos} open", await subscriber.LineWithAsync("yard/7/state "));
    }

    [MosquittoTheory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_message_travels_over_TLS_with_a_client_certificate(string version)
    {
        await using var broker = await TestBroker.StartAsync(tls: true);
        var tls = broker.Certificates!;
        string[] common =
        [
            "-V", version, "-h", "localhost", "-p", $"{broker.TlsPort}", "--cafile", tls.AuthorityFile, "--cert", tls.ClientCertificateFile, "--key", tls.ClientKeyFile,
        ];
        await using var subscriber = PeerProcess.Start("mosquitto_sub", [.. common, "-t", "a", "-d"]);
        await subscriber.LineWithAsync("Subscribed");

        await PeerProcess.RunAsync("mosquitto_pub", [.. common, "-t", "a", "-m", "secret", "-q", "1"]);

        await subscriber.LineWithAsync("secret");
    }

    [MosquittoFact]
    public async Task Retained_messages_wills_and_properties_reach_mosquitto_sub()
    {
        await using var broker = await TestBroker.StartAsync();
        string[] common = ["-V", "mqttv5", "-h", "127.0.0.1", "-p", $"{broker.TcpPort}"];
        await PeerProcess.RunAsync(
            "mosquitto_pub", [.. common, "-t", "kept", "-m", "1", "-q", "2", "-r", "-D", "publish", "user-property", "k", "v", "-D", "publish", "content-type", "text"]);

        Assert.Equal("kept 1 r=1 k:v text", await PeerProcess.RunAsync("mosquitto_sub", [.. common, "-t", "#", "-C", "1", "-W", "10", "-F", "%t %p r=%r %P %C"]));
    }

    [MosquittoFact]
    public async Task Ten_thousand_messages_of_QoS_2_arrive_each_once()
    {
        await using var broker = await TestBroker.StartAsync();
        string[] common = ["-V", "mqttv5", "-h", "127.0.0.1", "-p", $"{broker.TcpPort}", "-t", "a", "-q", "2"];
        await using var subscriber = PeerProcess.Start("mosquitto_sub", [.. common, "-C", "10000", "-W", "60"]);
        await Eventually.HoldsAsync(() => broker.Broker.Counters.Subscriptions == 1, "mosquitto_sub has subscribed");
        await using var publisher = PeerProcess.Start("mosquitto_pub", [.. common, "-l"]);
        for (var i = 0; i < 10_000; i++)
        {
            await publisher.WriteLineAsync($"{i}");
        }

        publisher.EndInput();

        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal($"{i}", await subscriber.LineAsync());
        }

        Assert.Equal(0, await publisher.ExitAsync());
    }
}
