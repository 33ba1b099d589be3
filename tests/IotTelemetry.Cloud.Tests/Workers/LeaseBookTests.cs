using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Cloud.Workers;

namespace IotTelemetry.Cloud.Tests.Workers;

/// <summary>What claims mean.</summary>
public sealed class LeaseBookTests
{
    [Fact]
    public void Highest_generation_has_the_partition_and_the_lower_instance_of_two_in_it()
    {
        LeaseBook book = new([Row(1, "a", LeaseState.Held), Row(2, "c"), Row(2, "b"), Row(3, "a", LeaseState.Abandoned)]);
        Assert.Equal("b", book.Holder(7)!.Instance);
        Assert.Equal(3UL, book.LastGeneration(7));
        Assert.Null(book.Holder(8));
        Assert.Equal(0UL, book.LastGeneration(8));
    }

    [Fact]
    public void Claim_that_comes_after_somebody_has_won_is_void()
    {
        LeaseBook book = new([Row(2, "b", LeaseState.Won), Row(2, "a")]);
        Assert.Equal("b", book.Holder(7)!.Instance);
    }

    [Theory]
    [InlineData(nameof(LeaseState.Held), 14.9, 14.9, false)]
    [InlineData(nameof(LeaseState.Held), 15, 5, true)]
    [InlineData(nameof(LeaseState.Held), 3600, 4.9, false)] // The server's clock was set forward, and the holder may renew in a moment.
    [InlineData(nameof(LeaseState.Held), -3600, 15, true)] // It was set back.
    [InlineData(nameof(LeaseState.Won), 1, 1, false)]
    [InlineData(nameof(LeaseState.Released), 0, 0, true)]
    public void Lease_is_over_when_it_is_given_back_or_half_as_old_again_as_its_holder_allows_itself(string state, double ageSeconds, double unchangedSeconds, bool isOver) =>
        Assert.Equal(isOver, (Row(1, "a", Enum.Parse<LeaseState>(state)) with { Age = TimeSpan.FromSeconds(ageSeconds), Unchanged = TimeSpan.FromSeconds(unchangedSeconds) }).IsOver);

    [Fact]
    public void Claim_is_unchanged_since_it_was_first_seen_or_renewed()
    {
        ManualTime time = new();
        LeaseWatch watch = new(time);
        Assert.Equal(TimeSpan.Zero, watch.Look([Row(1, "a")]).Holder(7)!.Unchanged);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(TimeSpan.FromSeconds(9), watch.Look([Row(1, "a")]).Holder(7)!.Unchanged);
        Assert.Equal(TimeSpan.Zero, watch.Look([Row(1, "a") with { Renewal = 1 }]).Holder(7)!.Unchanged);
    }

    [Fact]
    public void Generation_has_its_winner_whatever_came_after_it()
    {
        LeaseBook book = new([Row(1, "b"), Row(1, "a"), Row(2, "c")]);
        Assert.Equal("a", book.Winner(7, 1)!.Instance);
        Assert.Null(book.Winner(7, 3));
        Assert.False(book.IsAlone(Row(1, "a")));
        Assert.True(book.IsAlone(Row(2, "c")));
    }

    [Fact]
    public void Predecessors_are_those_since_the_last_that_took_over_completely_but_not_who_was_drained()
    {
        LeaseBook book = new([Row(1, "a", LeaseState.Held, 1), Row(2, "b", LeaseState.Held, 2), Row(3, "c", LeaseState.Won, 3), Row(4, "d", LeaseState.Claimed, 4)]);
        Assert.Equal([4U, 3U, 2U], book.Predecessors(7, 5));
        Assert.Equal([2U], book.Predecessors(7, 3));
        LeaseBook drained = new([Row(1, "a", LeaseState.Held, 1), Row(2, "b", LeaseState.Released, 2), Row(3, "c", LeaseState.Won, 3)]);
        Assert.Equal([3U], drained.Predecessors(7, 4));
    }

    private static LeaseRow Row(ulong generation, string instance, LeaseState state = LeaseState.Claimed, uint writer = 1) =>
        new(7, generation, instance, writer, "1/1", state, TimeSpan.FromSeconds(10), TimeSpan.Zero);
}
