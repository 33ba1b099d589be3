namespace IotTelemetry.Protocol.Tests;

public sealed class EpochPositionTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 1201)]
    [InlineData((1L << 53) - 1, (1L << 53) - 1)]
    public void A_position_is_read_as_it_was_written(long epoch, long seq)
    {
        EpochPosition position = new((ulong)epoch, (ulong)seq);
        byte[] message = position.Encode();
        Assert.InRange(message.Length, 15, 29);
        Assert.True(EpochPosition.IsPosition(message));
        Assert.Equal(position, EpochPosition.Read(message));
    }

    [Fact]
    public void A_reader_of_frames_refuses_a_position_as_no_frame()
    {
        byte[] message = new EpochPosition(7, 3).Encode();
        Assert.Equal(RefusalReason.NotAFrame, Assert.Throws<FrameFormatException>(() => FrameHeader.Read(message)).Reason);
        Assert.Equal(RefusalReason.NotAFrame, Assert.Throws<FrameFormatException>(() => new FrameDecoder().Decode(message, Samples.Mixed, new FrameColumns())).Reason);
    }

    [Fact]
    public void A_frame_is_not_taken_for_a_position()
    {
        byte[] frame = Samples.Encode(new FrameEncoder(Samples.Mixed), []);
        Assert.False(EpochPosition.IsPosition(frame));
        Assert.False(EpochPosition.IsPosition("I"u8));
    }

    [Fact]
    public void What_a_newer_minor_version_adds_to_a_position_is_skipped()
    {
        byte[] newer = FrameSurgery.With(new EpochPosition(7, 3).Encode(), header => [.. header, 0xDE, 0xAD], minor: 7);
        newer[1] = (byte)'P';
        Assert.Equal(new EpochPosition(7, 3), EpochPosition.Read(FrameSurgery.Sealed(newer)));
    }

    [Fact]
    public void Numbers_out_of_bounds_are_not_written()
    {
        Assert.Throws<InvalidOperationException>(() => new EpochPosition(7, 0).Encode());
        Assert.Throws<InvalidOperationException>(() => new EpochPosition(7, 1UL << 53).Encode());
        Assert.Throws<InvalidOperationException>(() => new EpochPosition(1UL << 53, 1).Encode());
    }

    [Fact]
    public void No_bytes_make_reading_a_position_fail_otherwise_than_with_a_reason()
    {
        Mutator mutator = new(20261120);
        byte[] good = new EpochPosition(7, 1201).Encode();
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] input = mutator.Mutate(good, good);
            if (i % 2 == 0)
            {
                input = FrameSurgery.Sealed(input);
            }
            try
            {
                EpochPosition position = EpochPosition.Read(input);
                Assert.InRange(position.NextSequence, FrameLimits.FirstSequence, FrameLimits.Sequence);
                read++;
            }
            catch (FrameFormatException exception)
            {
                Assert.NotEmpty(exception.Message);
            }
        }
        Assert.InRange(read, 1000, 19_000);
    }
}
