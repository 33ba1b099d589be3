using System.Text;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Support;

/// <summary>A publish for people.</summary>
internal static class PublishText
{
    public static string TopicText(this MqttPublishPacket packet) => Encoding.UTF8.GetString(packet.Topic.Span);

    public static string PayloadText(this MqttPublishPacket packet) => Encoding.UTF8.GetString(packet.Payload.Span);
}
