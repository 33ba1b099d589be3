using IotTelemetry.Cloud.Confirm;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Confirm;

public sealed class CursorPublisherTests
{
    private readonly ManualTime _time = new();
    private readonly RecordingSink _sink = new();
    private readonly GatewaySession _gateway = new(new GatewayId("harbour", "gw-1"));
    private readonly CursorPublisher _cursors;

    public CursorPublisherTests() => _cursors = new CursorPublisher(_sink, new IngestOptions(), _time);

    [Fact]
    public async Task Cursor_goes_at_most_once_a_second_while_frames_are_on_their_way()
    {
        await StoreAsync(accepted: 100, stored: 1);
        await StoreAsync(accepted: 100, stored: 2);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await StoreAsync(accepted: 100, stored: 3);
        Assert.Single(_sink.Of(_gateway.Id));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await _cursors.SendDueAsync(false, CancellationToken.None);
        Assert.Equal(2UL, _sink.Of(_gateway.Id)[^1].SequenceOf(1));
    }

    [Fact]
    public async Task End_of_activity_is_confirmed_at_once()
    {
        await StoreAsync(accepted: 3, stored: 2);
        await StoreAsync(accepted: 3, stored: 3);
        Assert.Equal([1UL, 2UL], _sink.Of(_gateway.Id).Select(c => c.SequenceOf(1)!.Value));
    }

    [Fact]
    public async Task Stop_sends_what_was_held_back()
    {
        await StoreAsync(accepted: 9, stored: 1);
        await StoreAsync(accepted: 9, stored: 5);
        await _cursors.SendDueAsync(everything: true, CancellationToken.None);
        Assert.Equal(4UL, _sink.Of(_gateway.Id)[^1].SequenceOf(1));
    }

    [Fact]
    public async Task Gateway_without_news_gets_no_cursor()
    {
        await StoreAsync(accepted: 1, stored: 1);
        _time.Advance(TimeSpan.FromMinutes(1));
        await _cursors.SendDueAsync(false, CancellationToken.None);
        Assert.Single(_sink.Of(_gateway.Id));
    }

    [Fact]
    public async Task Running_publisher_sends_without_waiting_for_the_interval_when_a_gateway_comes_to_rest()
    {
        using CancellationTokenSource stop = new();
        Task running = _cursors.RunAsync(stop.Token);
        _gateway.Epoch(1).StoredNext = _gateway.Epoch(1).AcceptedNext = 5;
        _cursors.Touch(_gateway);
        await _sink.WaitAsync(_gateway.Id, c => c.SequenceOf(1) == 4);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private async Task StoreAsync(ulong accepted, ulong stored)
    {
        EpochState epoch = _gateway.Epoch(1);
        epoch.AcceptedNext = accepted;
        epoch.StoredNext = stored;
        _cursors.Touch(_gateway);
        await _cursors.SendDueAsync(false, CancellationToken.None);
    }
}
