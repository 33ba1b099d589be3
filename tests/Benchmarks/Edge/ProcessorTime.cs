using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>Processor time at 100 readings a second: 16 analog points of 32, each every 160 ms, all defaults else.</summary>
internal sealed class ProcessorTime : IEdgeMeasurement
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var agent = await AgentProcess.StartAsync(32, """{ "pollMs": 160 }""");
        await Task.Delay(Settling, cancellationToken);
        var (processor, readings, start) = (agent.Processor, agent.Cloud.Readings, Stopwatch.GetTimestamp());
        await Task.Delay(Duration, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var rate = (agent.Cloud.Readings - readings) / elapsed.TotalSeconds;
        yield return new Figure($"processor time at {rate:F0} readings/s, of one core", 100 * (agent.Processor - processor) / elapsed, "%", Better.Lower, 2);
    }
}
