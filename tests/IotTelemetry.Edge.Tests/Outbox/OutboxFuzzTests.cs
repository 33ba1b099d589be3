namespace IotTelemetry.Edge.Tests.Outbox;

/// <summary>Files of the outbox, damaged in every way a disk has: whatever is left of them, the outbox opens, gives out no frame that was not appended, and takes new ones.</summary>
public sealed class OutboxFuzzTests
{
    private const int Rounds = 120;

    [Fact]
    public void Whatever_happens_to_its_files_the_outbox_opens_and_never_gives_out_a_bad_frame()
    {
        using var original = new TempDirectory();
        ulong[] epochs;
        using (var outbox = TestOutbox.Open(original.Path, o => o with { SegmentBytes = 4096 }))
        {
            for (var epoch = 0; epoch < 3; epoch++)
            {
                outbox.SetBirth("the points"u8.ToArray(), _ => true);
                outbox.AppendMany(70);
                outbox.Confirm(outbox.CurrentEpoch, 20);
                outbox.BeginEpoch("the test wants one");
            }

            epochs = [.. outbox.Epochs().Select(e => e.Epoch)];
        }

        for (var seed = 0; seed < Rounds; seed++)
        {
            using var copy = new TempDirectory();
            var random = new Random(seed);
            Copy(original.Path, copy.Path);
            for (var damages = random.Next(1, 4); damages > 0; damages--)
            {
                Damage(copy.Path, random);
            }

            using var outbox = TestOutbox.Open(copy.Path);
            foreach (var epoch in outbox.Epochs())
            {
                var left = outbox.ReadAll(epoch.Epoch, epoch.ConfirmedSeq);
                Assert.Equal(left.Distinct().Order(), left);
                Assert.True(left.Count == 0 || (epochs.Contains(epoch.Epoch) && left[^1] <= 70), $"seed {seed}");
                Assert.True(epoch.ConfirmedSeq is 0 or 20, $"seed {seed}: a damaged ledger confirmed frames");
            }

            Assert.Equal((outbox.CurrentEpoch, 1UL), outbox.Append(new TestFrame()));
            Assert.DoesNotContain(outbox.CurrentEpoch, epochs[..3]);
        }
    }

    private static void Damage(string directory, Random random)
    {
        var files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        var path = files[random.Next(files.Length)];
        var content = File.ReadAllBytes(path);
        if (content.Length == 0 || random.Next(12) == 0)
        {
            File.Delete(path);
            return;
        }

        var at = random.Next(content.Length);
        var length = random.Next(1, content.Length - at + 1);
        switch (random.Next(6))
        {
            case 0:
                for (var flips = random.Next(1, 20); flips > 0; flips--)
                {
                    content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
                }

                break;
            case 1:
                content = content[..at];
                break;
            case 2:
                Array.Clear(content, at, length);
                break;
            case 3:
                random.NextBytes(content.AsSpan(at, length));
                break;
            case 4: // a block written to the wrong place
                content.AsSpan(at, length).ToArray().CopyTo(content, random.Next(content.Length - length + 1));
                break;
            default:
                content = [.. content, .. content.AsSpan(at, length)];
                break;
        }

        File.WriteAllBytes(path, content);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
