using System.Buffers;

namespace IotTelemetry.Protocol.Tests;

public sealed class FrameEncoderTests
{
    private readonly FrameEncoder _encoder = new(Samples.Mixed);

    [Fact]
    public void What_cannot_be_a_reading_is_refused_and_leaves_the_frame_as_it_was()
    {
        _encoder.Add(0, Samples.Noon, 1);
        Assert.Throws<ArgumentOutOfRangeException>("point", () => _encoder.Add(10, Samples.Noon, 1));
        Assert.Throws<ArgumentOutOfRangeException>("point", () => _encoder.Add(-1, Samples.Noon, 1));
        Assert.Throws<ArgumentOutOfRangeException>("timestampMs", () => _encoder.Add(0, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("timestampMs", () => _encoder.Add(0, FrameLimits.TimestampMs + 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("quality", () => _encoder.Add(0, Samples.Noon, 1, (Quality)5));
        Assert.Throws<ArgumentException>("point", () => _encoder.Add(4, Samples.Noon, 1));
        Assert.Throws<ArgumentException>("point", () => _encoder.AddText(0, Samples.Noon, "open"));
        Assert.Throws<ArgumentException>("text", () => _encoder.AddText(4, Samples.Noon, new string('x', FrameLimits.TextBytes + 1)));
        Assert.Throws<ArgumentException>("text", () => _encoder.AddText(4, Samples.Noon, "\ud800"));
        Assert.Throws<ArgumentOutOfRangeException>("epoch", () => _encoder.Complete(ulong.MaxValue, 1, Samples.Noon, ClockQuality.Unknown,
            new ArrayBufferWriter<byte>()));
        Assert.Equal(1, _encoder.Count);
        Assert.Equal(Samples.Noon, _encoder.FirstTimestampMs);
    }

    [Fact]
    public void A_full_frame_says_so_and_takes_no_more()
    {
        while (!_encoder.IsFull)
        {
            _encoder.Add(1, Samples.Noon, _encoder.Count);
        }
        Assert.Equal(FrameLimits.Readings, _encoder.Count);
        Assert.Throws<InvalidOperationException>(() => _encoder.Add(1, Samples.Noon, 1));
        _encoder.Clear();
        _encoder.Add(1, Samples.Noon, 1);
    }

    [Fact]
    public void A_frame_full_of_long_texts_stays_within_the_limits()
    {
        List<Reading> readings = [];
        for (int i = 0; !_encoder.IsFull; i++)
        {
            readings.Add(new Reading(4, Samples.Noon, 0, $"{i} {new string('ä', 500)}"));
            _encoder.AddText(4, Samples.Noon, readings[^1].Text!);
        }
        Assert.InRange(readings.Count, 100, 200);
        Samples.AssertRoundTrips(readings, Samples.Mixed);
    }

    [Fact]
    public void The_worst_readings_stay_below_the_greatest_size_of_a_frame()
    {
        Random random = new(1);
        while (!_encoder.IsFull)
        {
            _encoder.Add(random.Next(2) * 5 + 3, random.NextInt64(FrameLimits.TimestampMs), BitConverter.Int64BitsToDouble(random.NextInt64()),
                (Quality)random.Next(5));
        }
        ArrayBufferWriter<byte> output = new();
        Assert.InRange(_encoder.Complete(FrameLimits.Sequence, FrameLimits.Sequence, 0, ClockQuality.Unknown, output), 0, FrameLimits.FrameBytes);
        new FrameDecoder().Decode(output.WrittenSpan, Samples.Mixed, new FrameColumns());
    }

    [Fact]
    public void Encoding_and_decoding_allocate_nothing_once_grown()
    {
        FrameDecoder decoder = new();
        FrameColumns columns = new();
        ArrayBufferWriter<byte> output = new(1 << 16);
        long before = 0;
        for (int round = 0; round < 20; round++)
        {
            if (round == 10)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            for (int i = 0; i < 500; i++)
            {
                int point = i % 10;
                if (point % 5 == 4)
                {
                    _encoder.AddText(point, Samples.Noon + i, i % 3 == 0 ? "open" : "closed");
                }
                else
                {
                    _encoder.Add(point, Samples.Noon + i, i / 4.0, (Quality)(i % 5));
                }
            }
            output.ResetWrittenCount();
            _encoder.Complete(1, (ulong)round + 1, Samples.Noon, ClockQuality.Unknown, output);
            decoder.Decode(output.WrittenSpan, Samples.Mixed, columns);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
