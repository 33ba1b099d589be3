using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Cloud.Assets;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Tests.Assets;

public sealed class LiveCellTests
{
    [Fact]
    public void Cell_without_a_reading_has_no_value()
    {
        LiveCell cell = default;
        Assert.False(cell.TryRead(out _));
        Assert.Equal(0ul, cell.Updates);
    }

    [Fact]
    public void Last_value_is_that_of_a_model_that_keeps_all_readings() => Check.QuickThrowOnFailure(Prop.ForAll(Readings().ToArbitrary(), readings =>
    {
        LiveCell cell = default;
        LiveValue? expected = null;
        foreach (LiveValue reading in readings)
        {
            bool isNewer = expected is not { } last || reading.OrderMs > last.OrderMs || (reading.OrderMs == last.OrderMs && reading.Epoch >= last.Epoch);
            Assert.Equal(isNewer, cell.TryWrite(reading));
            expected = isNewer ? reading : expected;
            Assert.True(cell.TryRead(out LiveValue value));
            Assert.Equal(expected, value);
        }
    }));

    [Fact]
    public void What_comes_from_the_store_never_replaces_a_live_reading_of_the_same_time_and_epoch()
    {
        LiveCell cell = default;
        LiveValue live = new(100, 200, 1, null, Quality.Good, 7);
        Assert.True(cell.TryWrite(live));
        Assert.False(cell.TryRestore(live with { Number = 2 }));
        Assert.False(cell.TryRestore(live with { Number = 3, TsMs = 99 }));
        Assert.True(cell.TryRead(out LiveValue value));
        Assert.Equal(live, value);
        Assert.True(cell.TryRestore(live with { Number = 4, TsMs = 101 }));
    }

    [Fact]
    public void Clock_that_ran_ahead_does_not_hide_what_comes_after_it_was_corrected()
    {
        LiveCell cell = default;
        Assert.True(cell.TryWrite(new LiveValue(TsMs: 50_000, ReceivedAtMs: 1_000, 1, null, Quality.Good, 7)));
        Assert.True(cell.TryWrite(new LiveValue(TsMs: 1_500, ReceivedAtMs: 1_600, 2, null, Quality.Good, 7)));
    }

    [Fact]
    public async Task Readers_see_each_reading_whole_and_never_an_older_one_while_it_is_written()
    {
        const int Writes = 400_000;
        LiveCell[] cells = new LiveCell[1];
        string[] texts = ["open", "closed", "tripped"];
        Assert.True(cells[0].TryWrite(Whole(0)));
        using CancellationTokenSource done = new();
        Task<int>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(ReadAll))];
        await Task.Run(() =>
        {
            for (int i = 1; i <= Writes; i++)
            {
                Assert.True(cells[0].TryWrite(Whole(i)));
            }
        });
        await done.CancelAsync();
        Assert.DoesNotContain(0, await Task.WhenAll(readers));
        Assert.Equal((ulong)Writes + 1, cells[0].Updates);

        // All fields follow from the time, so a reader knows a mixture when it sees one.
        LiveValue Whole(long i) => new(i, i + 5, i * 0.5, texts[i % 3], (Quality)(i % 5), (ulong)i / 1000);

        int ReadAll()
        {
            long last = 0;
            int reads = 0;
            do
            {
                Assert.True(cells[0].TryRead(out LiveValue value));
                Assert.Equal(Whole(value.TsMs), value);
                Assert.True(value.TsMs >= last);
                last = value.TsMs;
                reads++;
            }
            while (!done.IsCancellationRequested);
            return reads;
        }
    }

    // Few different times and epochs, so that many are equal.
    private static Gen<LiveValue[]> Readings() =>
        (from ts in Gen.Choose(0, 20)
         from received in Gen.Choose(0, 30)
         from number in Gen.Choose(0, 1000)
         from epoch in Gen.Choose(1, 3)
         from quality in Gen.Choose(0, 4)
         select new LiveValue(ts, received, number, null, (Quality)quality, (ulong)epoch)).ArrayOf();
}
