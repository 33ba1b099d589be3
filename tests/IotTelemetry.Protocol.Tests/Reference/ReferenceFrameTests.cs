using FsCheck;
using FsCheck.Fluent;

namespace IotTelemetry.Protocol.Tests;

public sealed class ReferenceFrameTests
{
    [Fact]
    public void A_reader_written_from_the_specification_reads_the_same() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(AnyReadings.List.ToArbitrary(), readings =>
        {
            foreach (FrameCompression compression in Enum.GetValues<FrameCompression>())
            {
                byte[] frame = Samples.Encode(new FrameEncoder(Samples.Mixed, compression), readings, epoch: 3, sequence: 44);
                ReferenceFrame reference = ReferenceFrame.Read(frame, Samples.Mixed);
                Assert.Equal((3UL, 44UL, "synchronised"), (reference.Epoch, reference.Sequence, reference.Clock));
                Assert.Equal(readings, reference.Readings);
            }
        }));
}
