namespace IotTelemetry.Protocol.Tests;

public sealed class FrameVersionTests
{
    private static readonly byte[] Frame = Samples.Encode(new FrameEncoder(Samples.Mixed), [new Reading(2, Samples.Noon, 230.1), new Reading(4,
        Samples.Noon, 0, "open")]);

    [Fact]
    public void What_a_newer_minor_version_adds_to_header_flags_and_body_is_skipped()
    {
        byte[] newer = FrameSurgery.With(Frame, header => [(byte)(header[0] | 0xF0), .. header.AsSpan(1), 1, 2, 3], body => [.. body, 9, 2, 0xAA, 0xBB,
            200, 0], minor: 7);
        FrameColumns columns = new();
        new FrameDecoder().Decode(newer, Samples.Mixed, columns);
        Assert.Equal(7, columns.Header.MinorVersion);
        Assert.Equal([230.1, 0], columns.Numbers.ToArray());
        Assert.Equal("open", columns.Text(columns.Texts[1]));
    }

    [Fact]
    public void A_frame_of_another_major_version_is_refused()
    {
        FrameFormatException exception = Assert.Throws<FrameFormatException>(() => FrameHeader.Read(FrameSurgery.With(Frame, major: 2)));
        Assert.Equal(RefusalReason.UnknownVersion, exception.Reason);
        Assert.Contains("version 2.0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_is_never_decoded_with_another_birth()
    {
        Birth other = Birth.Create(Samples.Header, Samples.Mixed.Definitions, [Samples.Mixed.Assets[0]]);
        FrameFormatException exception = Assert.Throws<FrameFormatException>(() => new FrameDecoder().Decode(Frame, other, new FrameColumns()));
        Assert.Equal(RefusalReason.UnknownBirth, exception.Reason);
    }

    [Fact]
    public void A_Brotli_bomb_is_refused_before_anything_is_allocated_for_it()
    {
        byte[] bomb = FrameSurgery.Compressed(FrameSurgery.With(Frame, body: body => [.. body, 9, .. FrameSurgery.Varint(3_000_000), .. new byte[3_000_000]]));
        FrameDecoder decoder = new();
        FrameColumns columns = new();
        long before = GC.GetAllocatedBytesForCurrentThread();
        FrameFormatException exception = Assert.Throws<FrameFormatException>(() => decoder.Decode(bomb, Samples.Mixed, columns));
        Assert.Equal(RefusalReason.Limit, exception.Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void A_body_that_is_not_as_long_as_declared_is_refused()
    {
        int length = FrameSurgery.BodyOf(Frame).Length;
        foreach (int declared in (int[])[0, length - 1, length + 1])
        {
            byte[] frame = FrameSurgery.Compressed(Frame, declared);
            Assert.Equal(RefusalReason.Malformed, Assert.Throws<FrameFormatException>(() => new FrameDecoder().Decode(frame, Samples.Mixed,
                new FrameColumns())).Reason);
        }
    }
}
