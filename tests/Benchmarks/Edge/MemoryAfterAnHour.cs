using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>Resident memory after as many readings as an hour at 1,000 a second gives, run compressed in time: 600 analog points, each every 10 ms.</summary>
internal sealed class MemoryAfterAnHour : IEdgeMeasurement
{
    private const long Readings = 3_600_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var agent = await AgentProcess.StartAsync(1200, """{ "pollMs": 10 }""");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        while (agent.Cloud.Readings < Readings)
        {
            await Task.Delay(100, patience.Token);
        }

        yield return new Figure("resident memory after 3.6 M readings, 1,200 points", agent.ResidentMegabytes, "MB", Better.Lower, 28);
        yield return new Figure("resident memory at its peak until then", agent.PeakMegabytes, "MB", Better.Lower);
    }
}
