using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests.Outbox;

/// <summary>What is too old goes; what a wrong clock only makes look old stays.</summary>
public sealed class OutboxAgeTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Frames_older_than_the_greatest_age_go_by_segments_and_are_counted()
    {
        var time = new SteppedTime();
        using var outbox = Open(time);
        for (var hour = 0; hour < 48; hour++)
        {
            outbox.AppendMany(1);
            time.Pass(TimeSpan.FromHours(1));
            outbox.Maintain();
        }

        // Two hours are more than a sixteenth of a day: a segment takes two or three of these frames.
        var left = outbox.ReadAll(outbox.CurrentEpoch);
        Assert.InRange(left[0], 22UL, 25UL);
        Assert.Equal(left[0] - 1, outbox.Status().DroppedFrames);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public void A_clock_that_steps_by_years_makes_nothing_old(int years)
    {
        var time = new SteppedTime();
        using var outbox = Open(time);
        outbox.AppendMany(50);
        outbox.BeginEpoch("the test wants one");
        time.Step(TimeSpan.FromDays(365 * years));
        time.Pass(TimeSpan.FromHours(1));
        outbox.AppendMany(1);
        outbox.Maintain();
        Assert.Equal(0UL, outbox.Status().DroppedFrames);
        Assert.Equal(51UL, outbox.Status().Depth);
    }

    [Theory]
    [InlineData(56, 0)]
    [InlineData(-20, 0)]
    [InlineData(0, 0)]
    [InlineData(0.1, 50)]
    public void What_a_start_finds_is_dropped_for_its_age_only_where_the_clock_can_be_believed(double yearsLater, ulong dropped)
    {
        var time = new SteppedTime();
        using (var outbox = Open(time))
        {
            outbox.AppendMany(50);
        }

        foreach (var segment in Directory.GetFiles(_directory.Path, "*.seg", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(segment, time.GetUtcNow().UtcDateTime);
        }

        time.Step(TimeSpan.FromDays(365 * yearsLater));
        using var again = Open(time);
        again.Maintain();
        Assert.Equal(0UL, again.Status().DroppedFrames);
        time.Pass(TimeSpan.FromMinutes(11));
        again.Maintain();
        Assert.Equal(dropped, again.Status().DroppedFrames);
    }

    private FrameOutbox Open(TimeProvider time) => TestOutbox.Open(_directory.Path, o => o with { MaximumAge = TimeSpan.FromHours(24) }, time: time);
}
