using FsCheck;
using FsCheck.Fluent;

namespace IotTelemetry.Protocol.Tests;

public sealed class FrameRoundTripTests
{
    [Fact]
    public void Any_readings_come_back_as_they_went_in() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(AnyReadings.List.ToArbitrary(), readings => Samples.AssertRoundTrips(readings, Samples.Mixed)));

    [Fact]
    public void Any_readings_come_back_through_Brotli() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(AnyReadings.List.ToArbitrary(), readings => Samples.AssertRoundTrips(readings, Samples.Mixed, FrameCompression.WhenSmaller)));

    [Fact]
    public void A_frame_of_the_greatest_size_comes_back()
    {
        Random random = new(4);
        List<Reading> readings = [];
        for (int i = 0; i < FrameLimits.Readings; i++)
        {
            readings.Add(new Reading(i % 2 == 0 ? 3 : 8, random.NextInt64(FrameLimits.TimestampMs), BitConverter.Int64BitsToDouble(random.NextInt64())));
        }
        Samples.AssertRoundTrips(readings, Samples.Mixed);
    }

    [Fact]
    public void A_frame_without_readings_comes_back()
    {
        Samples.AssertRoundTrips([], Samples.Mixed);
    }

    [Fact]
    public void The_header_is_read_without_a_birth()
    {
        byte[] frame = Samples.Encode(new FrameEncoder(Samples.Mixed), [new Reading(0, Samples.Noon, 1)], epoch: 9, sequence: 300);
        FrameHeader header = FrameHeader.Read(frame);
        Assert.Equal((9UL, 300UL, 1), (header.Epoch, header.Sequence, header.Readings));
        Assert.Equal(Samples.Mixed.Hash, header.BirthHash);
        Assert.Equal((Samples.Noon + 60_000, Samples.Noon), (header.SealedAtMs, header.BaseTimeMs));
        Assert.Equal(ClockQuality.Synchronised, header.Clock);
    }

    [Fact]
    public void The_same_readings_give_the_same_bytes()
    {
        List<Reading> readings = AnyReadings.One.Sample(200, 100).ToList();
        FrameEncoder encoder = new(Samples.Mixed);
        byte[] first = Samples.Encode(encoder, readings);
        Assert.Equal(first, Samples.Encode(encoder, readings));
        Assert.Equal(first, Samples.Encode(new FrameEncoder(Samples.Mixed), readings));
    }

    [Theory]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(1, 1e16)]
    [InlineData(2, double.NegativeInfinity)]
    [InlineData(2, 9.1e13)]
    [InlineData(0, double.NaN)]
    public void A_value_that_the_type_cannot_hold_is_recorded_as_a_bad_sensor(int point, double value)
    {
        byte[] frame = Samples.Encode(new FrameEncoder(Samples.Mixed), [new Reading(point, Samples.Noon, value)]);
        FrameColumns columns = new();
        new FrameDecoder().Decode(frame, Samples.Mixed, columns);
        Assert.Equal(0, columns.Numbers[0]);
        Assert.Equal(Quality.BadSensor, columns.Qualities[0]);
    }

    [Fact]
    public void One_decoder_reads_frames_of_different_births_in_turn()
    {
        Birth small = Birth.Create(
            Samples.Header,
            [new PointDefinition { Id = "x", Type = PointType.Float }],
            [new Asset { Name = "a", Kind = "k", Points = new Dictionary<string, int> { ["x"] = 0 } }]);
        FrameDecoder decoder = new();
        FrameColumns columns = new();
        for (int i = 0; i < 3; i++)
        {
            decoder.Decode(Samples.Encode(new FrameEncoder(small), [new Reading(0, Samples.Noon, i), new Reading(0, Samples.Noon, -i)]), small, columns);
            Assert.Equal([i, -i], columns.Numbers.ToArray());
            decoder.Decode(Samples.Encode(new FrameEncoder(Samples.Mixed), [new Reading(7, Samples.Noon, 1.5 + i)]), Samples.Mixed, columns);
            Assert.Equal([1.5 + i], columns.Numbers.ToArray());
        }
    }
}
