using System.Diagnostics;
using System.Globalization;

namespace IotTelemetry.Edge.Tests.Outbox;

public sealed class OutboxKillTests
{
    [Fact]
    public async Task Nothing_appended_is_lost_and_no_number_is_given_twice_when_the_process_is_killed_at_any_moment()
    {
        var kills = Chaos.Kills(everyDay: 10);
        using var directory = new TempDirectory();
        var random = new Random(Chaos.Seed);
        var given = new HashSet<(ulong Epoch, ulong Seq)>();
        var confirmed = new Dictionary<ulong, ulong>();
        for (var kill = 0; kill < kills; kill++)
        {
            await AppendUntilKilledAsync(directory.Path, kill, lines: random.Next(1, 1500), random, given, confirmed);

            using var outbox = TestOutbox.Open(directory.Path);
            var left = outbox.Epochs().SelectMany(e => outbox.ReadAll(e.Epoch, e.ConfirmedSeq).Select(s => (e.Epoch, s))).ToHashSet();
            foreach (var frame in given)
            {
                Assert.True(left.Contains(frame) || frame.Seq <= confirmed.GetValueOrDefault(frame.Epoch), $"frame {frame} is lost after kill {kill}");
            }
        }

        Assert.True(given.Count > 100 * kills, $"only {given.Count} frames were appended between the kills");
    }

    private static async Task AppendUntilKilledAsync(
        string directory, int seed, int lines, Random random, HashSet<(ulong Epoch, ulong Seq)> given, Dictionary<ulong, ulong> confirmed)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(CrashChild).Assembly.Location);
        start.ArgumentList.Add("append");
        start.ArgumentList.Add(directory);
        start.ArgumentList.Add(seed.ToString(CultureInfo.InvariantCulture));
        using var child = Process.Start(start)!;
        var spin = random.Next(20_000);
        for (var line = 0; await child.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } text; line++)
        {
            // What stands in the pipe when the child dies was appended all the same, so it is read to its end. A line is one write(2) shorter than PIPE_BUF and so never torn.
            var parts = text.Split(' ');
            if (parts is ["appended", var epoch, var seq])
            {
                Assert.True(given.Add((Number(epoch), Number(seq))), $"number {text} was given twice");
            }
            else if (parts is ["confirming", var confirmedEpoch, var confirmedSeq])
            {
                confirmed[Number(confirmedEpoch)] = Math.Max(confirmed.GetValueOrDefault(Number(confirmedEpoch)), Number(confirmedSeq));
            }

            if (line == lines)
            {
                Thread.SpinWait(spin);
                child.Kill();
            }
        }

        await child.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
