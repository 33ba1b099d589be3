using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace IotTelemetry.Mqtt.Tests.Codec;

public sealed class TopicFilterTests
{
    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("#", "sport/tennis", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("a", "A", false)]
    [InlineData("a/b", "a", false)]
    [InlineData("a", "a/b", false)]
    [InlineData("/a", "a", false)]
    [InlineData("a//b", "a//b", true)]
    [InlineData("a/+/b", "a//b", true)]
    public void Filters_match_as_the_specifications_examples_say(string filter, string topic, bool expected) =>
        Assert.Equal(expected, MqttTopicFilter.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)));

    [Fact]
    public void Matching_agrees_with_a_plain_definition()
    {
        var level = Gen.Elements("", "a", "b", "+");
        var filters = level.NonEmptyListOf().SelectMany(levels => Gen.Elements("", "/#").Select(end => string.Join('/', levels) + end));
        var topics = Gen.Elements("", "a", "b", "c").NonEmptyListOf().Select(levels => string.Join('/', levels));
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(
            filters.ToArbitrary(),
            topics.ToArbitrary(),
            (filter, topic) => filter.Length == 0 || topic.Length == 0
                || MqttTopicFilter.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)) == Plainly(filter.Split('/'), topic.Split('/'))));
    }

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("+", true)]
    [InlineData("#", true)]
    [InlineData("/", true)]
    [InlineData("+/tennis/#", true)]
    [InlineData("sport+", false)]
    [InlineData("sport/tennis#", false)]
    [InlineData("sport/tennis/#/ranking", false)]
    [InlineData("++", false)]
    [InlineData("", false)]
    [InlineData("a\0", false)]
    [InlineData("$share/consumer1/sport/tennis/+", true)]
    [InlineData("$share/g/", false)]
    [InlineData("$share/g", false)]
    [InlineData("$share/#/a", false)]
    [InlineData("$share/g/a#", false)]
    public void Filters_are_valid_as_the_specification_says(string filter, bool expected) =>
        Assert.Equal(expected, MqttTopicFilter.IsValidFilter(filter));

    [Fact]
    public void A_filter_or_name_has_at_most_65535_bytes()
    {
        Assert.True(MqttTopicFilter.IsValidTopicName(new string('a', 65_535).Select(static c => (byte)c).ToArray()));
        Assert.False(MqttTopicFilter.IsValidTopicName(new string('a', 65_536).Select(static c => (byte)c).ToArray()));
        Assert.False(MqttTopicFilter.IsValidFilter(new string('a', 65_536)));
    }

    private static bool Plainly(string[] filter, string[] topic)
    {
        for (var i = 0; i < filter.Length; i++)
        {
            if (filter[i] == "#")
            {
                return true;
            }

            if (i >= topic.Length || (filter[i] != "+" && filter[i] != topic[i]))
            {
                return false;
            }
        }

        return filter.Length == topic.Length;
    }
}
