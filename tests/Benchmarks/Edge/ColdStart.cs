using System.Runtime.CompilerServices;

namespace IotTelemetry.Benchmarks.Edge;

/// <summary>From the start of the process, with an empty outbox, to its first frame at the broker: the median of several starts. Frames are closed after 10 ms.</summary>
internal sealed class ColdStart : IEdgeMeasurement
{
    private const int Starts = 9;

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using var agent = await AgentProcess.StartAsync(32, """{ "pollMs": 10 }""", """{ "maximumAgeMs": 10 }""");
            times.Add(agent.StartToFrame.TotalMilliseconds);
        }

        yield return new Figure("start of the process to its first frame at the broker, 32 points, frames of 10 ms", times.Order().ElementAt(Starts / 2), "ms", Better.Lower, 150);
    }
}
