using System.Text;
using System.Threading.Channels;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Interop;

public sealed class MosquittoTests
{
    [MosquittoFact]
    public Task Messages_of_every_quality_make_the_round_trip_in_5_0() => RoundTrip(MqttProtocolVersion.V500);

    [MosquittoFact]
    public Task Messages_of_every_quality_make_the_round_trip_in_3_1_1() => RoundTrip(MqttProtocolVersion.V311);

    private static async Task RoundTrip(MqttProtocolVersion version)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var client = new MqttClient(new MqttClientOptions { Endpoint = broker.Endpoint, ProtocolVersion = version });
        await Within.Time(client.ConnectAsync());
        var received = Channel.CreateUnbounded<string>();
        await Within.Time(client.SubscribeAsync(
            "test/#",
            (message, _) =>
            {
                received.Writer.TryWrite($"{message.Topic} {Encoding.UTF8.GetString(message.Payload.Span)} {message.QualityOfService}");
                return ValueTask.CompletedTask;
            },
            new MqttSubscribeOptions { MaximumQualityOfService = MqttQualityOfService.ExactlyOnce }));
        foreach (var quality in Enum.GetValues<MqttQualityOfService>())
        {
            for (var i = 0; i < 50; i++)
            {
                var result = await Within.Time(client.PublishAsync(new MqttMessage
                {
                    Topic = $"test/{quality}",
                    Payload = Encoding.UTF8.GetBytes($"{i}"),
                    QualityOfService = quality,
                }));
                Assert.True(result.IsSuccess);
            }

            for (var i = 0; i < 50; i++)
            {
                Assert.Equal($"test/{quality} {i} {quality}", await Within.Time(received.Reader.ReadAsync()));
            }
        }
    }
}
