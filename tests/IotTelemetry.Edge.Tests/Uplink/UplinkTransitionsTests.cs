using IotTelemetry.Edge.Uplink;

namespace IotTelemetry.Edge.Tests.Uplink;

public sealed class UplinkTransitionsTests
{
    public static TheoryData<string, string, string> Edges { get; } = new()
    {
        { "Offline", "Connected", "Announcing" },
        { "Announcing", "Announced", "Streaming" },
        { "Announcing", "Refused", "Pausing" },
        { "Announcing", "Connected", "Announcing" },
        { "Announcing", "Disconnected", "Offline" },
        { "Streaming", "Refused", "Pausing" },
        { "Streaming", "Connected", "Announcing" },
        { "Streaming", "Disconnected", "Offline" },
        { "Pausing", "PauseOver", "Announcing" },
        { "Pausing", "Connected", "Announcing" },
        { "Pausing", "Disconnected", "Offline" },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public void Each_edge_leads_where_it_should(string from, string trigger, string to) =>
        Assert.Equal(Enum.Parse<UplinkState>(to), UplinkTransitions.Next(Enum.Parse<UplinkState>(from), Enum.Parse<UplinkTrigger>(trigger)));

    [Fact]
    public void Every_state_can_stop_and_nothing_wakes_a_stopped_uplink()
    {
        Assert.All(Enum.GetValues<UplinkState>(), s => Assert.Equal(UplinkState.Stopped, UplinkTransitions.Next(s, UplinkTrigger.Stop)));
        Assert.All(Enum.GetValues<UplinkTrigger>(), t => Assert.Equal(UplinkState.Stopped, UplinkTransitions.Next(UplinkState.Stopped, t)));
    }

    [Fact]
    public void What_is_not_an_edge_changes_nothing()
    {
        var edges = Edges.Select(row => ((string)row[0], (string)row[1])).ToHashSet();
        foreach (var state in Enum.GetValues<UplinkState>())
        {
            foreach (var trigger in Enum.GetValues<UplinkTrigger>())
            {
                if (trigger != UplinkTrigger.Stop && state != UplinkState.Stopped && !edges.Contains((state.ToString(), trigger.ToString())))
                {
                    Assert.Equal(state, UplinkTransitions.Next(state, trigger));
                }
            }
        }
    }
}
