using IotTelemetry.Edge.Uplink;

namespace IotTelemetry.Edge.Tests.Uplink;

public sealed class ResultQueueTests
{
    private readonly ResultQueue _queue = new();

    [Fact]
    public async Task What_was_not_acknowledged_goes_again_over_the_next_connection_in_order()
    {
        for (byte i = 1; i <= 3; i++)
        {
            _queue.Offer(new[] { i });
        }

        var lost = new List<byte>();
        _queue.Connect(result =>
        {
            lost.Add(result.Span[0]);
            return ValueTask.FromResult(result.Span[0] == 2);
        });
        await RunningUplink.EventuallyAsync(() => lost.Count >= 3 && _queue.Waiting == 2);
        _queue.Disconnect();
        _queue.Offer(new byte[] { 4 });

        var sent = new List<byte>();
        _queue.Connect(result =>
        {
            sent.Add(result.Span[0]);
            return ValueTask.FromResult(true);
        });
        await RunningUplink.EventuallyAsync(() => _queue.Waiting == 0);
        Assert.Equal([1, 3, 4], sent);
    }

    [Fact]
    public async Task A_thousand_at_once_are_sent_once_each()
    {
        var sent = new List<int>();
        _queue.Connect(async result =>
        {
            lock (sent)
            {
                sent.Add(BitConverter.ToInt32(result.Span));
            }

            await Task.Yield();
            return true;
        });
        await Task.WhenAll(Enumerable.Range(0, 10).Select(batch => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                _queue.Offer(BitConverter.GetBytes((batch * 100) + i));
            }
        })));
        await RunningUplink.EventuallyAsync(() => _queue.Waiting == 0);
        Assert.Equal(Enumerable.Range(0, 1000), sent.Order());
    }

    [Fact]
    public void The_oldest_go_when_too_many_wait()
    {
        for (var i = 0; i <= ResultQueue.MaximumWaiting; i++)
        {
            _queue.Offer(BitConverter.GetBytes(i));
        }

        Assert.Equal(ResultQueue.MaximumWaiting, _queue.Waiting);
    }
}
