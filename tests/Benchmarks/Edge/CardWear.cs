using System.Runtime.CompilerServices;
using IotTelemetry.Edge.Tests;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>
/// What reaches a card of its own (ext4 behind a loop device, default commits) for each byte of frames, the file system's journal and the outbox's ledger included: with the defaults and with
/// settings that spare the card. The cloud confirms every second. Needs root; says so and measures nothing without.
/// </summary>
internal sealed class CardWear : IEdgeMeasurement
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static readonly (string Name, TimeSpan Flush, TimeSpan Cursor, TimeSpan FrameAge)[] Profiles =
    [
        ("defaults (frames of 1 s, fsync 200 ms, cursor 5 s)", TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), Second),
        ("frames of 1 s, fsync 10 s, cursor 60 s", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), Second),
        ("frames of 30 s, fsync 30 s, cursor 60 s", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30)),
    ];

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (CardImage.Obstacle() is { } obstacle)
        {
            await Console.Error.WriteLineAsync($"card wear is not measured: {obstacle}");
            yield break;
        }

        var runs = (from rate in (int[])[1, 100] from profile in Profiles select (Name: $"{rate} readings/s, {profile.Name}", Wear: MeasureAsync(rate, profile, cancellationToken))).ToArray();
        foreach (var run in runs)
        {
            var (perByte, perHour) = await run.Wear;
            yield return new Figure($"written to the card for a byte of payload: {run.Name}", perByte, "bytes", Better.Lower);
            yield return new Figure($"written to the card: {run.Name}", perHour, "MB/h", Better.Lower);
        }
    }

    private static async Task<(double PerByte, double MegabytesPerHour)> MeasureAsync(
        int rate, (string Name, TimeSpan Flush, TimeSpan Cursor, TimeSpan FrameAge) profile, CancellationToken cancellationToken)
    {
        using var card = new CardImage(isLazy: false);
        using var site = new MeteredSite(card.Path, rate, 500, TimeProvider.System, o => o with { FlushInterval = profile.Flush, CursorInterval = profile.Cursor }, profile.FrameAge);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var upkeep = site.Outbox.RunAsync(stop.Token);
        var before = card.BytesWritten();
        using var seconds = new PeriodicTimer(Second);
        for (var second = 0; second < Duration.TotalSeconds; second++)
        {
            await seconds.WaitForNextTickAsync(cancellationToken);
            site.ReadAll(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            site.Frames.SealIfDue();
            site.Outbox.Confirm(site.Outbox.CurrentEpoch, site.Outbox.Epochs()[^1].LastSeq);
        }

        site.Frames.Seal();
        site.Outbox.Maintain();
        var written = card.BytesWritten() - before;
        var payload = site.PayloadBytes();
        await stop.CancelAsync();
        await upkeep;
        return ((double)written / payload, written / 1e6 * 3600 / Duration.TotalSeconds);
    }
}
