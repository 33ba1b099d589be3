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
}
