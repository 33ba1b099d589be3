using FsCheck.Fluent;

namespace IotTelemetry.Protocol.Tests;

public sealed class FrameFuzzTests
{
    private const int Inputs = 200_000;

    // A refusal allocates its exception and message and nothing that grows with what the frame declares.
    private const long AllocationOfRefusal = 32 * 1024;

    // What the stated limits allow a decoder to grow to, once and for good: columns, working memory, a decompressed body.
    private const long AllocationByLimits = 8 * 1024 * 1024;

    private readonly List<byte[]> _corpus = [];
    private readonly Dictionary<string, int> _outcomes = [];

    [Fact]
    public void No_bytes_make_the_decoder_fail_otherwise_than_with_a_reason_or_allocate_beyond_the_limits()
    {
        FillCorpus();
        Mutator mutator = new(20261120);
        FrameDecoder warm = new();
        FrameColumns warmColumns = new();
        long grown = 0;
        warm.Decode(FrameSurgery.Compressed(_corpus[0]), Samples.Mixed, warmColumns);
        for (int i = 0; i < Inputs; i++)
        {
            byte[] input = NextInput(mutator);
            bool isFresh = i % 100 == 0;
            FrameDecoder decoder = isFresh ? new FrameDecoder() : warm;
            FrameColumns columns = isFresh ? new FrameColumns() : warmColumns;
            long before = GC.GetAllocatedBytesForCurrentThread();
            string outcome = Decode(decoder, input, columns);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            grown += isFresh || allocated <= AllocationOfRefusal ? 0 : allocated;
            if (allocated > AllocationByLimits || grown > AllocationByLimits)
            {
                Assert.Fail($"Input {i} allocated {allocated} bytes, after {grown} in all: {Convert.ToHexString(input)}");
            }
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }

        // The damage must reach every layer, or this test proves little.
        Assert.All(
            (RefusalReason[])[RefusalReason.Truncated, RefusalReason.NotAFrame, RefusalReason.UnknownVersion, RefusalReason.Length,
                RefusalReason.Checksum, RefusalReason.Limit, RefusalReason.UnknownBirth, RefusalReason.Malformed, RefusalReason.Invalid],
            reason => Assert.True(_outcomes.GetValueOrDefault(reason.ToString()) > 200, $"{reason}: {string.Join(", ", _outcomes)}"));
        Assert.True(_outcomes["decoded"] > 5_000, string.Join(", ", _outcomes));
    }

    private static string Decode(FrameDecoder decoder, byte[] input, FrameColumns columns)
    {
        try
        {
            decoder.Decode(input, Samples.Mixed, columns);
        }
        catch (FrameFormatException exception)
        {
            Assert.NotEmpty(exception.Message);
            Assert.Equal(0, columns.Count);
            return exception.Reason.ToString();
        }
        for (int i = 0; i < columns.Count; i++)
        {
            bool isText = Samples.Mixed.Points[columns.Points[i]].Type == PointType.Text;
            bool isValid = columns.TimestampsMs[i] is >= 0 and <= FrameLimits.TimestampMs && columns.Qualities[i] <= Quality.OutOfRange
                && (isText ? (uint)columns.Texts[i] < (uint)columns.DictionaryCount : columns.Texts[i] == -1);
            if (!isValid)
            {
                Assert.Fail($"Reading {i} of {Convert.ToHexString(input)} is not one.");
            }
        }
        return "decoded";
    }

    private byte[] NextInput(Mutator mutator)
    {
        // The greatest frames are slow to damage: they are rare, the small ones go deep.
        byte[] source = _corpus[mutator.Next(100) == 0 ? mutator.Next(_corpus.Count) : 1 + mutator.Next(_corpus.Count - 1)];
        byte[] other = _corpus[1 + mutator.Next(_corpus.Count - 1)];
        switch (mutator.Next(10))
        {
            case 0:
                return mutator.Mutate(source, other);
            case 1:
                return FrameSurgery.Sealed(mutator.Mutate(source, other));
            case 2:
                return FrameSurgery.With(source, header: header => mutator.Mutate(header, other) is { Length: < 256 } changed ? changed : header);
            case 3 when source != _corpus[0]:
                byte[] changed = FrameSurgery.With(source, body: body => mutator.Mutate(body, other));
                return FrameSurgery.Compressed(changed, mutator.Next(2) == 0 ? null : mutator.Next(1 << mutator.Next(25)));
            case 4 when source != _corpus[0]:
                return FrameSurgery.With(FrameSurgery.Compressed(source), body: body => mutator.Mutate(body, other));
            default:
                return FrameSurgery.With(source, body: body => mutator.Mutate(body, FrameSurgery.BodyOf(other)));
        }
    }

    private void FillCorpus()
    {
        FrameEncoder encoder = new(Samples.Mixed);
        _corpus.Add(Samples.Encode(encoder, [.. Enumerable.Range(0, FrameLimits.Readings).Select(i => new Reading(1, Samples.Noon + i, i))]));
        _corpus.Add(Samples.Encode(encoder, []));
        for (int size = 1; size <= 60; size++)
        {
            foreach (List<Reading> readings in AnyReadings.List.Sample(1, size))
            {
                _corpus.Add(Samples.Encode(encoder, [.. readings.Where(r => r.Text is not { Length: > 100 })], 7, (ulong)size));
            }
        }
    }
}
