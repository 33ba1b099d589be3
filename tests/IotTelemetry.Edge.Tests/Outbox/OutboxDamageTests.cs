using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Edge.Outbox;

namespace IotTelemetry.Edge.Tests.Outbox;

public sealed class OutboxDamageTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Every_byte_position_of_a_torn_last_record_keeps_all_frames_before_it_and_gives_no_number_twice()
    {
        var epoch = Fill(frames: 4);
        var path = Directory.GetFiles(_directory.Path, "*.seg", SearchOption.AllDirectories).Single();
        var whole = File.ReadAllBytes(path);
        var lastLength = RecordHeader.Size + TestFrame.PayloadOf(epoch, 4).Length;
        var ledger = File.ReadAllBytes(LedgerFile.PathIn(_directory.Path));
        for (var cut = 1; cut < lastLength; cut++)
        {
            File.WriteAllBytes(LedgerFile.PathIn(_directory.Path), ledger);
            File.WriteAllBytes(path, whole[..^cut]);
            using (var outbox = TestOutbox.Open(_directory.Path))
            {
                Assert.Equal(TestOutbox.Seqs(1, 3), outbox.ReadAll(epoch));
                Assert.NotEqual(epoch, outbox.CurrentEpoch);
            }

            RemoveOtherEpochs(epoch);
        }
    }

    [Fact]
    public void Any_flipped_bit_costs_at_most_the_frame_it_is_in()
    {
        const int Frames = 60;
        var epoch = Fill(Frames, o => o with { SegmentBytes = 4096 });
        var paths = Directory.GetFiles(_directory.Path, "*.seg", SearchOption.AllDirectories);
        Array.Sort(paths, StringComparer.Ordinal);
        var contents = paths.Select(File.ReadAllBytes).ToArray();
        Assert.True(paths.Length > 2);

        var flips = from segment in Gen.Choose(0, paths.Length - 1)
                    from at in Gen.Choose(0, contents[segment].Length - 1)
                    from bit in Gen.Choose(0, 7)
                    select (segment, at, bit);
        Prop.ForAll(flips.ToArbitrary(), flip =>
        {
            var damaged = contents[flip.segment].ToArray();
            damaged[flip.at] ^= (byte)(1 << flip.bit);
            File.WriteAllBytes(paths[flip.segment], damaged);
            using (var outbox = TestOutbox.Open(_directory.Path))
            {
                var left = outbox.ReadAll(epoch);
                Assert.True(left.Count >= Frames - 1, $"{left.Count} frames are left");
                Assert.Equal(left.Order(), left);
                Assert.True(left.Count == Frames || outbox.Status().DamagedBytes > 0);
                Assert.NotEqual(epoch, outbox.Append(new TestFrame()).Epoch);
            }

            RemoveOtherEpochs(epoch);
            for (var i = 0; i < paths.Length; i++)
            {
                File.WriteAllBytes(paths[i], contents[i]);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_segment_of_nothing_but_noise_is_passed_over()
    {
        var epoch = Fill(60, o => o with { SegmentBytes = 4096 });
        var paths = Directory.GetFiles(_directory.Path, "*.seg", SearchOption.AllDirectories);
        Array.Sort(paths, StringComparer.Ordinal);
        var noise = new byte[3000];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(paths[1], noise);

        using var outbox = TestOutbox.Open(_directory.Path);
        var left = outbox.ReadAll(epoch);
        Assert.Equal(1UL, left[0]);
        Assert.Equal(60UL, left[^1]);
        Assert.True(Segment.TryParseFileName(paths[1], out var firstLost));
        Assert.True(Segment.TryParseFileName(paths[2], out var firstKept));
        Assert.Equal(TestOutbox.Seqs(1, 60).Where(s => s < firstLost || s >= firstKept), left);
    }

    private ulong Fill(int frames, Func<OutboxOptions, OutboxOptions>? change = null)
    {
        using var outbox = TestOutbox.Open(_directory.Path, change);
        outbox.AppendMany(frames);
        return outbox.CurrentEpoch;
    }

    private void RemoveOtherEpochs(ulong epoch)
    {
        foreach (var path in Directory.GetDirectories(_directory.Path).Where(d => Path.GetFileName(d) != EpochQueue.DirectoryName(epoch)))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
