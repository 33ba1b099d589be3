using IotTelemetry.Cloud.Batches;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Cloud.Schema;
using IotTelemetry.Cloud.Tests.Support;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Batches;

public sealed class BatcherTests
{
    private readonly ManualTime _time = new();
    private readonly TestGateway _gateway = new("gw-1");
    private ulong _seq = 1;

    [Fact]
    public async Task Batch_goes_when_it_has_its_rows()
    {
        Batcher batcher = new(new IngestOptions { BatchRows = 8, TrickleRows = 0 }, _time);
        Task<Batch?> taken = batcher.TakeAsync(CancellationToken.None).AsTask();
        await AddAsync(batcher, 4);
        Assert.False(taken.IsCompleted);
        await AddAsync(batcher, 4);
        Assert.Equal(8, (await taken.WaitAsync(TimeSpan.FromSeconds(10)))!.Rows);
    }

    [Fact]
    public async Task Batch_goes_when_it_has_its_bytes()
    {
        Batcher batcher = new(new IngestOptions { BatchBytes = 64 << 10 }, _time);
        Task<Batch?> taken = batcher.TakeAsync(CancellationToken.None).AsTask();

        // More than one batch holds and less than two: further ones would wait for the taker to give the first one back.
        for (int i = 0; i < 30; i++)
        {
            await AddAsync(batcher, 50);
        }

        Batch batch = (await taken.WaitAsync(TimeSpan.FromSeconds(10)))!;
        Assert.InRange(batch.Bytes, 64 << 10, 80 << 10);
        Assert.Equal(batch.Months.Values.Sum(m => m.Readings[0].Native.EncodedBytes) + (batch.Frames.Rows * 100), batch.Bytes, 2000.0);
    }

    [Fact]
    public async Task Batch_goes_at_its_age_and_under_a_trickle_later_not_smaller()
    {
        Batcher batcher = new(new IngestOptions { TrickleRows = 6 }, _time);
        await AddAsync(batcher, 4);
        Task<Batch?> taken = batcher.TakeAsync(CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(taken.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        batcher.Return((await taken.WaitAsync(TimeSpan.FromSeconds(10)))!);

        await AddAsync(batcher, 8);
        taken = batcher.TakeAsync(CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(8, (await taken.WaitAsync(TimeSpan.FromSeconds(10)))!.Rows);
    }

    [Fact]
    public async Task Batch_of_many_months_waits_so_that_parts_are_not_made_faster_than_they_merge()
    {
        Batcher batcher = new(new IngestOptions { TrickleRows = 0, AgePerPartition = TimeSpan.FromSeconds(1) }, _time);
        await AddAsync(batcher, 4, TestGateway.NewYear - 2);
        Task<Batch?> taken = batcher.TakeAsync(CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.False(taken.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([202501, 202502], (await taken.WaitAsync(TimeSpan.FromSeconds(10)))!.Months.Keys);
    }

    [Fact]
    public async Task Batch_grows_while_the_one_before_is_written_and_adding_waits_when_it_is_full()
    {
        Batcher batcher = new(new IngestOptions { BatchRows = 4, Growth = 3, TrickleRows = 0 }, _time);
        await AddAsync(batcher, 4);
        Batch writing = (await batcher.TakeAsync(CancellationToken.None))!;
        for (int i = 0; i < 3; i++)
        {
            await AddAsync(batcher, 4);
        }

        ulong first = writing.Id;
        Task waiting = AddAsync(batcher, 4);
        Assert.False(waiting.IsCompleted);

        batcher.Return(writing);
        Batch second = (await batcher.TakeAsync(CancellationToken.None))!;
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(12, second.Rows);
        Assert.True(second.Id > first);
    }

    [Fact]
    public async Task Adding_can_be_given_up()
    {
        Batcher batcher = new(new IngestOptions { BatchRows = 4, Growth = 1, TrickleRows = 0 }, _time);
        await AddAsync(batcher, 4);
        using CancellationTokenSource gone = new();
        Task waiting = AddAsync(batcher, 4, cancellationToken: gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Numbers_rise_strictly_from_the_last_of_an_earlier_run_or_another_writer_and_name_their_writer()
    {
        Batcher batcher = new(new IngestOptions { BatchRows = 4, TrickleRows = 0 }, _time) { Writer = 5 };
        ulong last = BatchNumber.Next(0, 9, _time.GetUtcNow() + TimeSpan.FromMinutes(1)); // A clock that runs ahead.
        batcher.ContinueAfter(last);
        for (int i = 0; i < 3; i++)
        {
            await AddAsync(batcher, 4);
            Batch batch = (await batcher.TakeAsync(CancellationToken.None))!;
            Assert.True(batch.Id > last, $"{batch.Id} after {last}");
            Assert.Equal(5UL, batch.Id % BatchNumber.Writers);
            last = batch.Id;
            batcher.Return(batch);
        }
    }

    [Fact]
    public async Task Closed_batcher_gives_what_is_open_and_then_ends()
    {
        Batcher batcher = new(new IngestOptions(), _time);
        await AddAsync(batcher, 4);
        batcher.Close();
        Batch last = (await batcher.TakeAsync(CancellationToken.None))!;
        batcher.Return(last);
        Assert.Null(await batcher.TakeAsync(CancellationToken.None));
    }

    private Task AddAsync(Batcher batcher, int readings, long? startMs = null, CancellationToken cancellationToken = default)
    {
        FrameColumns columns = new();
        new FrameDecoder().Decode(_gateway.Frame(1, _seq, readings, startMs ?? TestGateway.NewYear), _gateway.Birth, columns);
        FrameFacts facts = new(new EpochState(1), _seq++, 1, 100, 0, 1, true);
        return batcher.AddAsync(new FrameEntry(new GatewaySession(_gateway.Id), new PreparedBirth(_gateway.Birth, RetentionRules.KeepAll), columns, facts, default), cancellationToken).AsTask();
    }
}
