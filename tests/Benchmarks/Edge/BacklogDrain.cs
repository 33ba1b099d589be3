using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>
/// An outage of a day at 50 readings a second, 4.32 million readings in 86,400 frames, is in the outbox when the native agent starts on it; its own 50 readings a second go on meanwhile. Measured from the first frame of the
/// backlog at the broker to the last, and how long live frames need from their closing to the broker in that time.
/// </summary>
internal sealed class BacklogDrain : IEdgeMeasurement
{
    private const int Meters = 50;
    private const int Seconds = 24 * 60 * 60;
    private const long Readings = (long)Meters * Seconds;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ulong backlog = 0;
        await using var agent = await AgentProcess.StartAsync(2 * Meters, """{ "pollMs": 1000 }""", prepare: state => backlog = WriteBacklog(state));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        while (agent.Cloud.Arrivals.Of(backlog).Readings < Readings)
        {
            await Task.Delay(20, patience.Token);
        }

        var drained = agent.Cloud.Arrivals.Of(backlog);
        var seconds = Stopwatch.GetElapsedTime(drained.FirstAt, drained.LastAt).TotalSeconds;
        var live = agent.Cloud.Arrivals.LatenciesExcept(backlog, drained.LastAt);
        yield return new Figure("backlog of 24 h at 50 readings/s, drained", Readings / seconds, "readings/s", Better.Higher, 500_000);
        yield return new Figure("closing of a live frame to the broker meanwhile, p50", live[live.Length / 2], "ms", Better.Lower);
        yield return new Figure("closing of a live frame to the broker meanwhile, longest", live[^1], "ms", Better.Lower);
        yield return new Figure("resident memory at its peak until then", agent.PeakMegabytes, "MB", Better.Lower);
    }

    /// <summary>Returns the epoch that holds the backlog.</summary>
    private static ulong WriteBacklog(string state)
    {
        using var site = new MeteredSite(state, Meters, Meters, TimeProvider.System);
        var begin = DateTimeOffset.UtcNow.AddSeconds(-Seconds).ToUnixTimeMilliseconds();
        for (var second = 0; second < Seconds; second++)
        {
            site.ReadAll(begin + (second * 1000L));
        }

        return site.Outbox.CurrentEpoch;
    }
}
