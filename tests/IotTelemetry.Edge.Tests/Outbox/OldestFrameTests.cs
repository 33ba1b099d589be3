using IotTelemetry.Edge.Outbox;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Tests.Outbox;

/// <summary>What <c>iot-edge outbox</c> says of the age of the queue.</summary>
public sealed class OldestFrameTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SteppedTime _time = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_is_the_first_frame_that_is_not_confirmed_also_when_its_segment_is_still_written_to()
    {
        using var outbox = TestOutbox.Open(_directory.Path, time: _time);
        var frames = outbox.Frames(_time);
        var begun = _time.GetUtcNow();
        for (var hour = 0; hour < 3; hour++)
        {
            frames.Add(0, _time.GetUtcNow().ToUnixTimeMilliseconds(), hour, Quality.Good);
            frames.Seal();
            _time.Pass(TimeSpan.FromHours(1));
        }

        Assert.Equal(begun, Look());
        outbox.Confirm(outbox.CurrentEpoch, 1);
        outbox.Maintain();
        Assert.Equal(begun + TimeSpan.FromHours(1), Look());
        outbox.Confirm(outbox.CurrentEpoch, 3);
        _time.Pass(TimeSpan.FromHours(1));
        outbox.Maintain();
        Assert.Null(Look());
    }

    private DateTimeOffset? Look() => OldestFrame.SealedAt(OutboxLoader.Load(_directory.Path, repair: false).Queues);
}
