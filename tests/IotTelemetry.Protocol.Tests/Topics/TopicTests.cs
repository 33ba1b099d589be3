using System.Text;

namespace IotTelemetry.Protocol.Tests;

public sealed class TopicTests
{
    private static readonly GatewayId Gateway = new("melbourne", "gw-1");

    [Fact]
    public void Every_topic_of_a_gateway_is_taken_apart_again()
    {
        GatewayTopics topics = new(Gateway);
        string[] all = [topics.Telemetry, topics.Birth, topics.Status, topics.Command, topics.Result, topics.Stored, topics.Lockouts];
        for (int i = 0; i < all.Length; i++)
        {
            Assert.True(TopicAddress.TryParse(Encoding.UTF8.GetBytes(all[i]), out TopicAddress address, out string? problem), problem);
            Assert.Equal((TopicKind)i, address.Kind);
            Assert.Equal(Gateway, address.ToGatewayId());
            Assert.Equal(Gateway.Partition, address.Partition);
            Assert.Equal("melbourne/gw-1", Encoding.UTF8.GetString(address.Identity));
            Assert.EndsWith(all[i].Split('/')[^1], GatewayTopics.FilterFor((TopicKind)i), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("iot/2/{p}/melbourne/gw-1/telemetry", "major version")]
    [InlineData("iot", "major version")]
    [InlineData("iots/1/{p}/melbourne/gw-1/telemetry", "begin with iot/")]
    [InlineData("iot/1/{p}/melbourne/gw-1/telemetries", "last level")]
    [InlineData("iot/1/{p}/melbourne/gw-1/telemetry/", "last level")]
    [InlineData("iot/1/{p}/melbourne/gw-1", "last level")]
    [InlineData("iot/1/{p}/melbourne//telemetry", "not a valid name")]
    [InlineData("iot/1/{p}/mel bourne/gw-1/telemetry", "not a valid name")]
    [InlineData("iot/1/{p}/melbourne/gw-2/telemetry", "partition")]
    [InlineData("iot/1/0{p}/melbourne/gw-1/telemetry", "partition")]
    [InlineData("iot/1/+{p}/melbourne/gw-1/telemetry", "partition")]
    [InlineData("iot/1//melbourne/gw-1/telemetry", "partition")]
    [InlineData("iot/1/x/melbourne/gw-1/telemetry", "partition")]
    public void A_topic_of_something_else_is_refused_with_the_reason(string topic, string reason)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(topic.Replace("{p}", $"{Gateway.Partition}", StringComparison.Ordinal));
        Assert.False(TopicAddress.TryParse(utf8, out _, out string? problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Taking_a_topic_apart_allocates_nothing()
    {
        byte[] topic = Encoding.UTF8.GetBytes(new GatewayTopics(Gateway).Telemetry);
        Assert.True(TopicAddress.TryParse(topic, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _ = TopicAddress.TryParse(topic, out _);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Gateways_spread_evenly_over_the_partitions()
    {
        int[] counts = new int[GatewayId.Partitions];
        for (int i = 0; i < 6400; i++)
        {
            counts[new GatewayId($"site-{i / 20}", $"gw-{i % 20}").Partition]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 60, 140));
    }
}
