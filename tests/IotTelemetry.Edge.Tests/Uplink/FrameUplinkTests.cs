using IotTelemetry.Edge.Outbox;
using IotTelemetry.Edge.Uplink;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Uplink;

public sealed class FrameUplinkTests : IAsyncLifetime, IDisposable
{
    private static readonly GatewayTopics Topics = new(new GatewayId("site", "gw"));

    private readonly TempDirectory _directory = new();
    private readonly ScriptedTransport _transport = new(Topics);
    private readonly CancellationTokenSource _stop = new();
    private FrameOutbox _outbox = null!;
    private FrameUplink? _uplink;
    private Task _running = Task.CompletedTask;

    private string DeadLetters => Path.Combine(_directory.Path, "dead-letters.jsonl");

    public Task InitializeAsync()
    {
        _outbox = TestOutbox.Open(Path.Combine(_directory.Path, "outbox"), o => o with { LongBacklogFrames = 50 });
        _outbox.SetBirth(PlainAnnouncements.Birth(1), b => b.Span.SequenceEqual(PlainAnnouncements.Birth(1)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(10));
        _outbox.Dispose();
    }

    public void Dispose()
    {
        _uplink?.Dispose();
        _stop.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Birth_and_status_are_retained_and_go_before_the_first_frame()
    {
        _outbox.AppendMany(1);
        Start();
        await _transport.ConnectAsync();

        var birth = await _transport.NextAsync();
        var status = await _transport.NextAsync();
        var frame = await _transport.NextAsync();
        Assert.Equal((Topics.Birth, true, "birth 1"), (birth.Topic, birth.Retain, birth.Text));
        Assert.Equal((Topics.Status, true, "Online"), (status.Topic, status.Retain, status.Text));
        Assert.Equal((Topics.Telemetry, false, 1UL), (frame.Topic, frame.Retain, frame.Seq));
    }

    [Fact]
    public async Task Frames_go_in_order_a_window_at_a_time()
    {
        _outbox.AppendMany(10);
        _transport.Answer = m => m.Topic == Topics.Telemetry ? null : new PublishAnswer(true, "");
        Start(o => o with { Window = 4 });
        await _transport.ConnectAsync();

        var first = new List<ScriptedTransport.SentMessage>();
        for (var i = 0; i < 4; i++)
        {
            first.Add(await _transport.NextFrameAsync());
        }

        Assert.Equal(TestOutbox.Seqs(1, 4), first.Select(f => f.Seq));
        Assert.False(_transport.HasMore);
        first[2].Accept();
        Assert.Equal(5UL, (await _transport.NextFrameAsync()).Seq);
        Assert.False(_transport.HasMore);
    }

    [Fact]
    public async Task A_broker_s_smaller_window_is_respected()
    {
        _outbox.AppendMany(10);
        _transport.Answer = m => m.Topic == Topics.Telemetry ? null : new PublishAnswer(true, "");
        Start();
        await _transport.ConnectAsync(maximumInFlight: 2);
        await _transport.NextSeqsAsync(2);
        Assert.False(_transport.HasMore);
    }

    [Fact]
    public async Task An_answer_of_the_broker_deletes_nothing_and_the_cursor_does()
    {
        _outbox.AppendMany(10);
        Start();
        await _transport.ConnectAsync();
        await _transport.NextSeqsAsync(10);
        Assert.Equal(10UL, _outbox.Status().Depth);

        await _transport.StoreAsync(_outbox.CurrentEpoch, 7);
        await Eventually(() => _outbox.Status().Depth == 3);
    }

    [Fact]
    public async Task After_a_reconnect_everything_behind_the_cursor_is_sent_again()
    {
        _outbox.AppendMany(10);
        Start();
        await _transport.ConnectAsync();
        await _transport.NextSeqsAsync(10);
        await _transport.StoreAsync(_outbox.CurrentEpoch, 6);
        await Eventually(() => _outbox.Status().Depth == 4);
        _transport.Drop();
        await _transport.ConnectAsync();

        Assert.Equal(TestOutbox.Seqs(7, 10), await _transport.NextSeqsAsync(4));
    }

    [Fact]
    public async Task A_frame_of_a_lost_connection_never_leaves_on_the_next_one()
    {
        _outbox.AppendMany(3);
        _transport.Answer = m => m.Topic == Topics.Telemetry && m.Connection == 1 ? null : new PublishAnswer(true, "");
        Start();
        await _transport.ConnectAsync();
        await _transport.NextSeqsAsync(3);
        _transport.Drop();
        _outbox.AppendMany(1);
        await _transport.ConnectAsync();

        for (ulong seq = 1; seq <= 4; seq++)
        {
            var frame = await _transport.NextFrameAsync();
            Assert.Equal((2, seq), (frame.Connection, frame.Seq));
        }
    }

    [Fact]
    public async Task A_cursor_that_stands_still_makes_it_send_again()
    {
        _outbox.AppendMany(3);
        Start(o => o with { ResendAfter = TimeSpan.FromMilliseconds(100) });
        await _transport.ConnectAsync();

        Assert.Equal([1UL, 2, 3, 1, 2, 3], await _transport.NextSeqsAsync(6));
        await _transport.StoreAsync(_outbox.CurrentEpoch, 2);
        await Eventually(() => _outbox.Status().Depth == 1);
        Assert.True(_uplink!.Counters.Resends >= 1);
    }

    [Fact]
    public async Task A_refusal_by_the_broker_pauses_and_then_everything_behind_the_cursor_goes_again_in_order()
    {
        _outbox.AppendMany(4);
        var refusals = 0;
        _transport.Answer = m => m.Topic == Topics.Telemetry && m.Seq == 2 && refusals++ == 0 ? new PublishAnswer(false, "QuotaExceeded") : new PublishAnswer(true, "");
        Start(o => o with { RefusalPause = TimeSpan.FromMilliseconds(50) });
        await _transport.ConnectAsync();

        var sent = await _transport.NextSeqsAsync(4);
        while (sent[^1] != 4 || sent.Count < 5)
        {
            sent.AddRange(await _transport.NextSeqsAsync(1));
        }

        // Whatever was under way when the refusal came, the second round begins at the cursor and leaves nothing out.
        Assert.Equal(TestOutbox.Seqs(1, 4), sent.TakeLast(4));
        Assert.False(File.Exists(DeadLetters));
    }

    [Fact]
    public async Task A_frame_the_cloud_refuses_is_kept_with_its_reason_and_the_queue_moves_on()
    {
        _outbox.AppendMany(3);
        Start();
        await _transport.ConnectAsync();
        await _transport.NextSeqsAsync(3);
        var epoch = _outbox.CurrentEpoch;
        await _transport.StoreAsync(epoch, 3, new RefusedFrame(epoch, 2, RefusalReason.Malformed, "row 5"));
        await Eventually(() => _outbox.Status().Depth == 0);

        // The cloud repeats what it refused; it is kept once.
        await _transport.StoreAsync(epoch, 3, new RefusedFrame(epoch, 2, RefusalReason.Malformed, "row 5"));
        _outbox.AppendMany(1);
        Assert.Equal(4UL, (await _transport.NextFrameAsync()).Seq);
        var line = Assert.Single(File.ReadAllLines(DeadLetters));
        Assert.Contains("\"seq\":2,\"reason\":\"Malformed: row 5\"", line, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(TestFrame.PayloadOf(epoch, 2)).Replace("+", "\\u002B", StringComparison.Ordinal), line.Replace("+", "\\u002B", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_refused_for_good_holds_nothing_up_and_is_kept_once_the_cursor_has_passed_it()
    {
        _outbox.AppendMany(4);
        _transport.Answer = m => m.Topic == Topics.Telemetry && m.Seq is 2 or 3 ? new PublishAnswer(false, "PayloadFormatInvalid", ForGood: true) : new PublishAnswer(true, "");
        Start(o => o with { RefusalPause = TimeSpan.FromHours(1) });
        await _transport.ConnectAsync();
        Assert.Equal(TestOutbox.Seqs(1, 4), await _transport.NextSeqsAsync(4));
        var epoch = _outbox.CurrentEpoch;

        // The cloud's list names one of the two; both are kept, each once.
        await _transport.StoreAsync(epoch, 4, new RefusedFrame(epoch, 3, RefusalReason.Malformed));
        await Eventually(() => _outbox.Status().Depth == 0);
        var lines = File.ReadAllLines(DeadLetters);
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"seq\":3,\"reason\":\"Malformed\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"seq\":2,\"reason\":\"refused by the broker: PayloadFormatInvalid\"", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, _uplink!.Counters.DeadLetters);
    }

    [Fact]
    public async Task A_frame_too_large_for_the_broker_is_kept_and_the_queue_moves_on()
    {
        _outbox.AppendMany(6);
        var epoch = _outbox.CurrentEpoch;
        var sizes = TestOutbox.Seqs(1, 6).Select(s => TestFrame.PayloadOf(epoch, s).Length).ToArray();
        var limit = sizes.Max() - 1;
        Start();
        await _transport.ConnectAsync(maximumMessageBytes: limit + Topics.Telemetry.Length + 64);

        Assert.Equal(TestOutbox.Seqs(1, 6).Where(s => sizes[s - 1] <= limit), await _transport.NextSeqsAsync(5));
        Assert.Single(File.ReadAllLines(DeadLetters));
    }

    [Fact]
    public async Task After_a_long_outage_live_frames_go_first_and_the_backlog_follows()
    {
        _outbox.AppendMany(200);
        var old = _outbox.CurrentEpoch;
        _transport.Answer = m => m.Topic == Topics.Telemetry ? null : new PublishAnswer(true, "");
        Start(o => o with { Window = 8 });
        await _transport.ConnectAsync();
        var backlog = await _transport.NextFrameAsync();
        Assert.Equal(old, backlog.Epoch);
        await _transport.NextSeqsAsync(5);
        Assert.NotEqual(old, _outbox.CurrentEpoch);

        _outbox.Append(new TestFrame());
        var live = await _transport.NextFrameAsync();
        Assert.Equal((_outbox.CurrentEpoch, 1UL), (live.Epoch, live.Seq));
    }

    [Fact]
    public async Task The_cloud_may_demand_a_new_epoch()
    {
        _outbox.AppendMany(2);
        Start();
        await _transport.ConnectAsync();
        await _transport.NextSeqsAsync(2);
        var old = _outbox.CurrentEpoch;
        await _transport.SayAsync(new StoredCursor { Epochs = [new EpochCursor(old, 2)], NewEpoch = true });
        await Eventually(() => _outbox.CurrentEpoch != old);
        _outbox.AppendMany(1);
        Assert.Equal(_outbox.CurrentEpoch, (await _transport.NextFrameAsync()).Epoch);
    }

    [Fact]
    public async Task Older_births_go_before_the_current_one_and_again_when_asked_for()
    {
        _outbox.AppendMany(1);
        _outbox.SetBirth(PlainAnnouncements.Birth(2), b => b.Span.SequenceEqual(PlainAnnouncements.Birth(2)));
        Start(announcements: new PlainAnnouncements(2));
        await _transport.ConnectAsync();
        var older = await _transport.NextAsync();
        var current = await _transport.NextAsync();
        Assert.Equal(("birth 1", false), (older.Text, older.Retain));
        Assert.Equal(("birth 2", true), (current.Text, current.Retain));

        await _transport.NextFrameAsync();
        await _transport.SayAsync(new StoredCursor { Epochs = [], Rebirth = [new BirthHash(1), new BirthHash(99)] });
        var again = await _transport.NextAsync();
        Assert.Equal((Topics.Birth, "birth 1", false), (again.Topic, again.Text, again.Retain));
    }

    [Fact]
    public async Task Stopping_says_goodbye()
    {
        Start();
        await _transport.ConnectAsync();
        await _transport.NextAsync();
        await _transport.NextAsync();
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(10));

        var status = await _transport.NextAsync();
        Assert.Equal((Topics.Status, true, "Stopped"), (status.Topic, status.Retain, status.Text));
        Assert.True(_transport.SaidGoodbye);
    }

    [Fact]
    public async Task A_cursor_that_cannot_be_read_changes_nothing()
    {
        _outbox.AppendMany(1);
        Start();
        await _transport.ConnectAsync();
        await _transport.SayAsync("nonsense"u8.ToArray());
        await _transport.NextSeqsAsync(1);
        Assert.Equal(1UL, _outbox.Status().Depth);
    }

    private static async Task Eventually(Func<bool> holds)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!holds())
        {
            await Task.Delay(5, giveUp.Token);
        }
    }

    private void Start(Func<UplinkOptions, UplinkOptions>? change = null, IGatewayAnnouncements? announcements = null)
    {
        var options = change?.Invoke(new UplinkOptions()) ?? new UplinkOptions();
        _uplink = new FrameUplink(
            _outbox, _transport, options, Topics, announcements ?? new PlainAnnouncements(1), new DeadLetterFile(DeadLetters), TimeProvider.System, NullLogger.Instance);
        _running = _uplink.RunAsync(_stop.Token);
    }
}
