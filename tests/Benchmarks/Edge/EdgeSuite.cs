using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>The agent: its native binary as a process against a broker on loopback, one measurement after the other.</summary>
internal sealed class EdgeSuite : ISuite
{
    private static readonly IEdgeMeasurement[] Measurements = [new BinarySize(), new ColdStart(), new IdleMemory(), new ProcessorTime(), new MemoryAfterAnHour(), new OutboxAppend(), new CardWear(), new BacklogDrain()];

    public string Name => "edge";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var measurement in Measurements)
        {
            await foreach (var figure in measurement.RunAsync(cancellationToken))
            {
                yield return figure;
            }
        }
    }
}
