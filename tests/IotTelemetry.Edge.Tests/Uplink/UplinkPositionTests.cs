using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Uplink;

namespace IotTelemetry.Edge.Tests.Uplink;

/// <summary>When the uplink says that frames will never come (SPECIFICATION.md, section 5.8).</summary>
public sealed class UplinkPositionTests
{
    // About thirty frames a segment, and room for some four hundred.
    private static readonly Func<OutboxOptions, OutboxOptions> Small =
        o => o with { SegmentBytes = 4096, MaximumBytes = OutboxOptions.SmallestMaximumBytes, LongBacklogFrames = 1_000_000 };

    [Fact]
    public async Task An_epoch_sent_from_its_beginning_needs_no_position()
    {
        await using var uplink = new RunningUplink(frames: 3);
        await uplink.Transport.ConnectAsync();
        Assert.Equal(["1", "2", "3"], await uplink.Transport.NextTelemetryAsync(3));

        await uplink.ReconnectAsync();
        Assert.Equal(["1", "2", "3"], await uplink.Transport.NextTelemetryAsync(3));
    }

    [Fact]
    public async Task A_connection_and_a_resend_begin_with_a_position_when_the_first_frame_is_not_the_epoch_s_first()
    {
        await using var uplink = new RunningUplink(uplink: o => o with { ResendAfter = TimeSpan.FromMilliseconds(100) }, frames: 5);
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextSeqsAsync(5);
        await uplink.ConfirmAsync(3);

        Assert.Equal([">4", "4", "5", ">4", "4", "5"], (await SkippingAsync(uplink, ">4", 6)));
        await uplink.ReconnectAsync();
        Assert.Equal([">4", "4", "5"], await SkippingAsync(uplink, ">4", 3));
    }

    [Fact]
    public async Task A_position_is_said_after_a_refusal_too()
    {
        await using var uplink = new RunningUplink(uplink: o => o with { RefusalPause = TimeSpan.FromMilliseconds(50) }, frames: 3);
        var refusals = 0;
        uplink.Transport.Answer = m => m.Topic == RunningUplink.Topics.Telemetry && m.Position is null && m.Seq == 3 && refusals++ == 0
            ? new PublishAnswer(false, "QuotaExceeded") : new PublishAnswer(true, "");
        await uplink.Transport.ConnectAsync();
        Assert.Equal(["1", "2", "3"], await uplink.Transport.NextTelemetryAsync(3));
        await uplink.ConfirmAsync(2);

        Assert.Equal([">3", "3"], await SkippingAsync(uplink, ">3", 2));
    }

    [Fact]
    public async Task A_refused_position_pauses_and_is_said_again()
    {
        await using var uplink = new RunningUplink(uplink: o => o with { RefusalPause = TimeSpan.FromMilliseconds(50) }, frames: 3);
        await uplink.Transport.ConnectAsync();
        await uplink.Transport.NextSeqsAsync(3);
        await uplink.ConfirmAsync(2);
        var refusals = 0;
        uplink.Transport.Answer = m => m.Position is not null && refusals++ == 0 ? new PublishAnswer(false, "QuotaExceeded") : new PublishAnswer(true, "");
        await uplink.ReconnectAsync();

        Assert.Equal([">3", "3", ">3", "3"], await uplink.Transport.NextTelemetryAsync(4));
        Assert.False(File.Exists(uplink.DeadLetters));
    }

    [Fact]
    public async Task Frames_that_a_full_outbox_dropped_before_they_were_sent_are_passed_by_a_position()
    {
        await using var uplink = new RunningUplink(Small, frames: 1);
        await uplink.Transport.ConnectAsync();
        Assert.Equal(["1"], await uplink.Transport.NextTelemetryAsync(1));
        uplink.Transport.Answer = m => m.Topic == RunningUplink.Topics.Telemetry ? null : new PublishAnswer(true, "");
        uplink.Transport.Drop();

        uplink.Outbox.AppendMany(1000);
        Assert.True(uplink.Outbox.Status().DroppedFrames > 0);
        var first = uplink.Outbox.ReadAll(uplink.Outbox.CurrentEpoch)[0];
        await uplink.Transport.ConnectAsync();
        Assert.Equal([$">{first}", $"{first}", $"{first + 1}"], await uplink.Transport.NextTelemetryAsync(3));
    }

    [Fact]
    public async Task Frames_dropped_between_two_that_are_sent_are_passed_by_a_position()
    {
        await using var uplink = new RunningUplink(Small, o => o with { Window = 2 }, frames: 10);
        uplink.Transport.Answer = m => m.Topic == RunningUplink.Topics.Telemetry ? null : new PublishAnswer(true, "");
        await uplink.Transport.ConnectAsync();
        var one = await uplink.Transport.NextFrameAsync();
        var two = await uplink.Transport.NextFrameAsync();

        uplink.Outbox.AppendMany(1000);
        var first = uplink.Outbox.ReadAll(uplink.Outbox.CurrentEpoch)[0];
        one.Accept();
        two.Accept();
        var position = await uplink.Transport.NextTelemetryAsync();
        Assert.True(position.Position is { } said && said.NextSequence >= first && said.Epoch == uplink.Outbox.CurrentEpoch);
        Assert.Equal(position.Position.Value.NextSequence, (await uplink.Transport.NextTelemetryAsync()).Seq);
    }

    [Fact]
    public async Task A_frame_refused_for_good_that_the_cursor_does_not_pass_is_kept_and_passed_by_a_position()
    {
        await using var uplink = new RunningUplink(uplink: o => o with { ResendAfter = TimeSpan.FromMilliseconds(100) }, frames: 4);
        uplink.Transport.Answer = m => m.Topic == RunningUplink.Topics.Telemetry && m.Position is null && m.Seq == 2
            ? new PublishAnswer(false, "PayloadFormatInvalid", ForGood: true) : new PublishAnswer(true, "");
        await uplink.Transport.ConnectAsync();
        Assert.Equal(["1", "2", "3", "4"], await uplink.Transport.NextTelemetryAsync(4));

        // The cloud could not read it: it takes 1 and waits for 2.
        await uplink.ConfirmAsync(1);
        Assert.Equal([">3", "3", "4"], await SkippingAsync(uplink, ">3", 3));
        Assert.Contains("\"seq\":2,\"reason\":\"refused by the broker: PayloadFormatInvalid\"", Assert.Single(File.ReadAllLines(uplink.DeadLetters)), StringComparison.Ordinal);
        await uplink.ConfirmAsync(4);
        Assert.Single(File.ReadAllLines(uplink.DeadLetters));
    }

    [Fact]
    public async Task A_frame_too_large_for_the_broker_is_kept_once_and_passed_by_a_position_on_every_connection()
    {
        await using var uplink = new RunningUplink(frames: 6);
        var sizes = TestOutbox.Seqs(1, 6).Select(s => TestFrame.PayloadOf(uplink.Outbox.CurrentEpoch, s).Length).ToArray();
        var largest = 1 + Array.IndexOf(sizes, sizes.Max());
        List<string> expected = [.. Enumerable.Range(1, 6).Where(s => s != largest).SelectMany<int, string>(s => s == largest + 1 ? [$">{s}", $"{s}"] : [$"{s}"])];
        await uplink.Transport.ConnectAsync(maximumMessageBytes: sizes.Max() - 1 + RunningUplink.Topics.Telemetry.Length + 64);
        Assert.Equal(expected, await uplink.Transport.NextTelemetryAsync(expected.Count));

        await uplink.ReconnectAsync();
        Assert.Equal(expected, await uplink.Transport.NextTelemetryAsync(expected.Count));
        Assert.Single(File.ReadAllLines(uplink.DeadLetters));
    }

    /// <summary>The next messages from the first <paramref name="first"/> on.</summary>
    private static async Task<List<string>> SkippingAsync(RunningUplink uplink, string first, int count)
    {
        string next;
        do
        {
            next = (await uplink.Transport.NextTelemetryAsync(1))[0];
        }
        while (next != first);
        return [next, .. await uplink.Transport.NextTelemetryAsync(count - 1)];
    }
}
